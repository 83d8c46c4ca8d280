#include "core/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t micros;
};

// From the largest, so that printing finds the shortest spelling first.
constexpr auto units = std::to_array<Unit>({{"d", 86'400'000'000},
                                            {"h", 3'600'000'000},
                                            {"m", 60'000'000},
                                            {"s", 1'000'000},
                                            {"ms", 1'000},
                                            {"us", 1}});

}  // namespace

Result<std::chrono::microseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const std::string_view name(read.ptr, static_cast<std::size_t>(end - read.ptr));
  for (const Unit& unit : units) {
    const bool fits =
        count >= 0 && count <= std::chrono::microseconds(duration_max).count() / unit.micros;
    if (read.ec == std::errc() && name == unit.name && fits) {
      return std::chrono::microseconds(count * unit.micros);
    }
  }
  return Error{Fault::invalid, "\"" + std::string(text) +
                                   "\" is no duration: write a whole number and a unit, such as "
                                   "250ms, 5s, 10m, 2h or 7d, 36500d at most"};
}

std::string to_string(std::chrono::microseconds duration) {
  for (const Unit& unit : units) {
    if (duration.count() % unit.micros == 0) {
      return std::to_string(duration.count() / unit.micros) + std::string(unit.name);
    }
  }
  return std::to_string(duration.count()) + "us";
}

}  // namespace weir
