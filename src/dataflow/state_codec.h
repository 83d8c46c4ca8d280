// Operators' state as bytes: what a snapshot holds.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/result.h"

namespace weir::dataflow {

class StateWriter {
 public:
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    number<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what was written, in the same order. After a read past the end everything is zero and
// finished() is false.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : left_(bytes) {}

  template <class T>
    requires std::is_trivially_copyable_v<T>
  T number() {
    T value{};
    const std::string_view taken = take(sizeof value);
    if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof value);
    return value;
  }
  // Valid as long as the bytes the reader was given.
  std::string_view text() { return take(number<std::uint64_t>()); }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && left_.empty(); }

 private:
  std::string_view take(std::uint64_t count) {
    ok_ = ok_ && count <= left_.size();
    if (!ok_) return {};
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  std::string_view left_;
  bool ok_ = true;
};

// What a reader met is not what this plan's operators write.
inline Error other_form() {
  return {Fault::corrupt, "the stored state has another form than the stream's plan"};
}

}  // namespace weir::dataflow
