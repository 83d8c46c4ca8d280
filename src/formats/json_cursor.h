// A place in one record's text that moves forward over JSON's tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir::formats {

// A scalar, or the beginning of an array or an object.
struct Token {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  std::string_view text;  // of a scalar: a string's is unescaped, all others' as they stand
};

// Short names are compared in a few words, without a call.
inline bool is_same(const char* a, const char* b, std::size_t length) {
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word left = 0, right = 0;
    std::memcpy(&left, a + at, sizeof left);
    std::memcpy(&right, b + at, sizeof right);
    return left != right;
  };
  using std::uint16_t, std::uint32_t, std::uint64_t;
  if (length > 16) return std::memcmp(a, b, length) == 0;
  if (length >= 8) return !differ(uint64_t{}, 0) && !differ(uint64_t{}, length - 8);
  if (length >= 4) return !differ(uint32_t{}, 0) && !differ(uint32_t{}, length - 4);
  if (length >= 2) return !differ(uint16_t{}, 0) && !differ(uint16_t{}, length - 2);
  return length == 0 || *a == *b;
}

// JSON's white space. One comparison tells of nearly every other character.
inline bool is_space(char c) {
  return static_cast<unsigned char>(c) <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}

class JsonCursor {
 public:
  JsonCursor() = default;
  explicit JsonCursor(std::string_view text) : JsonCursor(text.data(), text.data() + text.size()) {}
  JsonCursor(const char* at, const char* end) : at_(at), end_(end) {}

  const char* at() const { return at_; }
  const char* end() const { return end_; }
  bool at_end() const { return at_ == end_; }
  // A zero byte behind the end.
  char next() const { return at_ < end_ ? *at_ : '\0'; }
  // Back or forth to a place of this text.
  void move_to(const char* at) { at_ = at; }

  void skip_space() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }
  // White space and then this; without it nothing is taken but white space.
  bool take(char wanted) {
    skip_space();
    if (next() != wanted) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view wanted) {
    const bool is_next = static_cast<std::size_t>(end_ - at_) >= wanted.size() &&
                         is_same(at_, wanted.data(), wanted.size());
    if (is_next) at_ += wanted.size();
    return is_next;
  }
  // A string from its opening quote: what is between the quotes, as it stands. False where it does
  // not close or holds a control character.
  bool take_string(std::string_view& raw, bool& has_escapes);
  // All characters a number may have, in whatever order.
  std::string_view take_number() {
    const char* first = at_;
    while (at_ < end_ && ((*at_ >= '0' && *at_ <= '9') || *at_ == '.' || *at_ == '-' ||
                          *at_ == '+' || *at_ == 'e' || *at_ == 'E')) {
      ++at_;
    }
    return {first, static_cast<std::size_t>(at_ - first)};
  }

 private:
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

// What stands between a string's quotes, unescaped; false where an escape is none, or is half a
// surrogate pair.
bool unescape(std::string_view raw, std::string& text);

inline bool JsonCursor::take_string(std::string_view& raw, bool& has_escapes) {
  constexpr std::uint64_t each = 0x0101010101010101, high = 0x8080808080808080;
  const char* first = ++at_;
  has_escapes = false;
  for (;;) {
    // Eight bytes at once: the lowest bit set is that of the first byte with a meaning.
    while (end_ - at_ >= 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at_, sizeof bytes);
      const std::uint64_t quotes = bytes ^ (each * '"'), slashes = bytes ^ (each * '\\');
      const std::uint64_t found = (((quotes - each) & ~quotes) | ((slashes - each) & ~slashes) |
                                   ((bytes - each * ' ') & ~bytes)) &
                                  high;
      if (found != 0) {
        at_ += __builtin_ctzll(found) / 8;
        break;
      }
      at_ += 8;
    }
    while (at_ < end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= ' ') {
      ++at_;
    }
    if (next() == '"') break;
    if (next() != '\\' || end_ - at_ < 2) return false;
    has_escapes = true;
    at_ += 2;
  }
  raw = {first, static_cast<std::size_t>(at_ - first)};
  ++at_;
  return true;
}

}  // namespace weir::formats
