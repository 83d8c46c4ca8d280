#include "core/suggestion.h"

#include <algorithm>
#include <numeric>

namespace weir {
namespace {

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char c : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (c == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view unknown, const std::vector<std::string>& known) {
  const auto nearest = std::ranges::min_element(
      known, {}, [&](const std::string& name) { return distance(unknown, name); });
  if (nearest == known.end()) return "";
  const std::size_t tolerated = 1 + std::max(unknown.size(), nearest->size()) / 3;
  if (distance(unknown, *nearest) > tolerated) return "";
  return "; did you mean \"" + *nearest + "\"?";
}

}  // namespace weir
