// Numbers and bytes one after another, little-endian, and their checksum.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir::journal {

static_assert(std::endian::native == std::endian::little, "the formats are written as they lie");

// XXH3 of 64 bits. Seeded with the journal's id, so that another journal's bytes do not fit.
std::uint64_t checksum(std::string_view bytes, std::uint64_t seed);

template <class T>
void put(std::string& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Reads within bounds. After a read past the end ok() is false and every read gives zeros.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  template <class T>
  T number() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const std::string_view taken = bytes(sizeof value);
    if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof value);
    return value;
  }
  std::string_view bytes(std::size_t count) {
    if (!ok_ || count > left_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  bool ok() const { return ok_; }
  std::size_t left() const { return ok_ ? left_.size() : 0; }
  bool finished() const { return ok_ && left_.empty(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace weir::journal
