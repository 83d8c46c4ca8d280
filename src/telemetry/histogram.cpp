#include "telemetry/histogram.h"

#include <algorithm>

namespace weir::telemetry {

void Histogram::count(std::chrono::nanoseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bound = std::ranges::lower_bound(bounds, seconds);
  counts_[static_cast<std::size_t>(bound - bounds.begin())].fetch_add(1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(took.count(), std::memory_order_relaxed);
}

Sample Histogram::sample(std::map<std::string, std::string> labels) const {
  Sample sample{.labels = std::move(labels),
                .value = static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9};
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    total += counts_[i].load(std::memory_order_relaxed);
    if (i < bounds.size()) sample.buckets.emplace_back(bounds[i], total);
  }
  sample.count = total;
  return sample;
}

}  // namespace weir::telemetry
