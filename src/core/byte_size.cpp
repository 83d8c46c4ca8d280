#include "core/byte_size.h"

#include <array>
#include <charconv>
#include <limits>

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::size_t bytes;
};

// From the largest, so that printing finds the shortest spelling first.
constexpr auto units = std::to_array<Unit>(
    {{"TB", 1'000'000'000'000}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"KB", 1'000}, {"B", 1}});

}  // namespace

Result<std::size_t> parse_byte_size(std::string_view text) {
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const std::string_view name(read.ptr, static_cast<std::size_t>(end - read.ptr));
  for (const Unit& unit : units) {
    const bool fits = count <= std::numeric_limits<std::size_t>::max() / unit.bytes;
    if (read.ec == std::errc() && name == unit.name && fits) return count * unit.bytes;
  }
  return Error{Fault::invalid, "\"" + std::string(text) +
                                   "\" is no size: write a whole number and a unit, such as "
                                   "64KB, 500MB or 50GB"};
}

std::string byte_size_text(std::size_t bytes) {
  for (const Unit& unit : units) {
    if (bytes % unit.bytes == 0 && bytes > 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return "0B";
}

}  // namespace weir
