#include "core/suggestion.h"

#include <algorithm>
#include <numeric>

namespace weir {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Levenshtein's distance in any case, where two letters that changed places are one slip.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i]) == lower(b[j]); };
  for (std::size_t i = 0; i < a.size(); ++i) {
    next[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      next[j + 1] = std::min({row[j] + (same(i, j) ? 0 : 1), row[j + 1] + 1, next[j] + 1});
      const bool has_swapped = i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j);
      if (has_swapped) next[j + 1] = std::min(next[j + 1], before[j - 1] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view unknown, const std::vector<std::string>& known) {
  const auto nearest = std::ranges::min_element(
      known, {}, [&](const std::string& name) { return distance(unknown, name); });
  if (nearest == known.end()) return "";
  const std::size_t tolerated = std::max<std::size_t>({unknown.size(), nearest->size(), 3}) / 3;
  if (distance(unknown, *nearest) > tolerated) return "";
  return "; did you mean \"" + *nearest + "\"?";
}

}  // namespace weir
