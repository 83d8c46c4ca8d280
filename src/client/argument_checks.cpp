#include "client/argument_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/suggestion.h"

namespace weir::client {
namespace {

template <class Number>
bool reads(const std::string& text, Number min, Number max) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc() && stopped == end && value >= min && value <= max;
}

}  // namespace

ArgumentCheck whole_number(std::int64_t min, std::int64_t max) {
  return [min, max](const std::string& text) {
    if (reads(text, min, max)) return std::string();
    const bool has_max = max < std::numeric_limits<std::int64_t>::max();
    return fmt::format(
        "\"{}\" will not do: write a whole number, {}", text,
        has_max ? fmt::format("from {} to {}", min, max) : fmt::format("{} or more", min));
  };
}

ArgumentCheck number(double min, double max) {
  return [min, max](const std::string& text) {
    if (reads(text, min, max)) return std::string();
    return fmt::format("\"{}\" will not do: write a number from {} to {}", text, min, max);
  };
}

ArgumentCheck one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& text) {
    if (std::ranges::find(words, text) != words.end()) return std::string();
    return fmt::format("\"{}\" will not do: write {}{}", text, fmt::join(words, ", "),
                       did_you_mean(text, words));
  };
}

}  // namespace weir::client
