#include "net/http_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "net/http_target.h"

namespace weir::net {
namespace {

constexpr std::size_t fields_max = 100;

// The lower-case letter of what a token may hold, 0 for the rest.
constexpr std::array<char, 256> token_table = [] {
  std::array<char, 256> table{};
  for (const char mark : std::string_view("!#$%&'*+-.^_`|~")) table[mark] = mark;
  for (char digit = '0'; digit <= '9'; ++digit) table[digit] = digit;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    table[letter] = letter;
    table[letter - 'a' + 'A'] = letter;
  }
  return table;
}();

char lower_token(char character) { return token_table[static_cast<unsigned char>(character)]; }

bool is_blank(char character) { return character == ' ' || character == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, lower_token);
}

Refusal bad(std::string message) { return {.message = std::move(message)}; }

// The line without its CR LF.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end - 1);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<Refusal> read_version(std::string_view version, HttpHead& head) {
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return bad("The request line must read METHOD TARGET HTTP/1.1.");
  }
  if (version[5] != '1') {
    return Refusal{505, "HTTP_VERSION_NOT_SUPPORTED", "This server speaks HTTP/1.1 and HTTP/1.0."};
  }
  head.is_http_1_0 = version[7] == '0';
  head.keeps_alive = !head.is_http_1_0;
  return std::nullopt;
}

std::optional<Refusal> read_request_line(std::string_view line, HttpHead& head) {
  const std::size_t method_end = line.find(' ');
  const std::size_t version_begin = line.rfind(' ');
  if (method_end == 0 || method_end == std::string_view::npos || method_end == version_begin) {
    return bad("The request line must read METHOD TARGET HTTP/1.1.");
  }
  const std::string_view method = line.substr(0, method_end);
  if (!std::ranges::all_of(method, is_token_character)) {
    return bad("The method holds a character that none may have.");
  }
  if (auto refusal = read_version(line.substr(version_begin + 1), head)) return refusal;
  head.request.method = method;
  const Result<void> target =
      read_target(line.substr(method_end + 1, version_begin - method_end - 1), head.request);
  if (!target.ok()) return bad(target.error().message);
  return std::nullopt;
}

// Follows the fields that may stand there once, and what they say together about the message's
// frame.
class FrameFields {
 public:
  explicit FrameFields(HttpHead& head) : head_(head) {}

  std::optional<Refusal> add(std::string_view name, std::string_view value) {
    if (name == "content-length") return add_length(value);
    if (name == "transfer-encoding") return add_encoding(value);
    if (name == "host") return add_host(value);
    if (name == "authorization") return add_authorization();
    if (name == "expect") return add_expect(value);
    if (name == "connection") add_connection(value);
    return std::nullopt;
  }

  std::optional<Refusal> finish() {
    if (has_encoding_ && head_.content_length) {
      return bad("Content-Length and Transfer-Encoding exclude each other.");
    }
    if (has_encoding_ && head_.is_http_1_0) return bad("HTTP/1.0 has no Transfer-Encoding.");
    if (has_encoding_ && !head_.is_chunked) {
      return Refusal{501, "NOT_IMPLEMENTED", "The only transfer coding known here is chunked."};
    }
    if (!has_host_ && !head_.is_http_1_0) return bad("The Host field is missing.");
    if (is_last_) head_.keeps_alive = false;
    head_.expects_continue = head_.expects_continue && !head_.is_http_1_0;
    return std::nullopt;
  }

 private:
  std::optional<Refusal> add_length(std::string_view value) {
    if (head_.content_length) return bad("Content-Length stands there twice.");
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (value.empty() || end != value.data() + value.size() || error == std::errc::invalid_argument)
      return bad("Content-Length must be one number of digits.");
    // A number beyond counting is beyond every limit too.
    if (error != std::errc()) length = std::numeric_limits<std::uint64_t>::max();
    head_.content_length = length;
    return std::nullopt;
  }

  std::optional<Refusal> add_encoding(std::string_view value) {
    if (has_encoding_) return bad("Transfer-Encoding stands there twice.");
    has_encoding_ = true;
    head_.is_chunked = equals_ignoring_case(value, "chunked");
    return std::nullopt;
  }

  std::optional<Refusal> add_host(std::string_view value) {
    if (has_host_) return bad("The Host field stands there twice.");
    has_host_ = true;
    if (value.find_first_of(" \t,/\\@?#") != std::string_view::npos) {
      return bad("The Host field must be a name or address and a port.");
    }
    return std::nullopt;
  }

  // Who asks would be decided by which of them is read.
  std::optional<Refusal> add_authorization() {
    if (has_authorization_) return bad("The Authorization field stands there twice.");
    has_authorization_ = true;
    return std::nullopt;
  }

  std::optional<Refusal> add_expect(std::string_view value) {
    head_.expects_continue = equals_ignoring_case(value, "100-continue");
    if (head_.expects_continue) return std::nullopt;
    return Refusal{417, "EXPECTATION_FAILED", "The only expectation known here is 100-continue."};
  }

  void add_connection(std::string_view value) {
    while (!value.empty()) {
      const std::size_t comma = std::min(value.find(','), value.size());
      const std::string_view option = trim(value.substr(0, comma));
      if (equals_ignoring_case(option, "close")) is_last_ = true;
      if (equals_ignoring_case(option, "keep-alive")) head_.keeps_alive = true;
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
  }

  HttpHead& head_;
  bool has_encoding_ = false;
  bool has_host_ = false;
  bool has_authorization_ = false;
  bool is_last_ = false;
};

std::optional<Refusal> read_field(std::string_view line, HttpHead& head, FrameFields& frame) {
  if (is_blank(line.front())) return bad("A header field must not go on in a second line.");
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == 0 || colon == std::string_view::npos ||
      !std::ranges::all_of(name, is_token_character)) {
    return bad("A header field must read Name: value, without a space before the colon.");
  }
  const std::string_view value = trim(line.substr(colon + 1));
  if (std::ranges::any_of(value, is_control)) return bad("A header field holds a control byte.");
  auto& field = head.request.headers.emplace_back(name, value);
  std::ranges::transform(field.first, field.first.begin(), lower_token);
  return frame.add(field.first, value);
}

}  // namespace

bool is_token_character(char character) { return lower_token(character) != 0; }

bool is_control(char character) {
  return (static_cast<unsigned char>(character) < 0x20 && character != '\t') || character == 0x7f;
}

std::optional<Refusal> parse_head(std::string_view text, HttpHead& head) {
  if (auto refusal = read_request_line(take_line(text), head)) return refusal;
  FrameFields frame(head);
  head.request.headers.reserve(8);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    if (head.request.headers.size() == fields_max) {
      return Refusal{431, "HEADERS_TOO_LARGE", "The head has more than 100 fields."};
    }
    if (auto refusal = read_field(line, head, frame)) return refusal;
  }
  return frame.finish();
}

}  // namespace weir::net
