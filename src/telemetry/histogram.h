// Counts how long things took, in fixed steps from a tenth of a millisecond to ten seconds.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "telemetry/metrics.h"

namespace weir::telemetry {

// Any thread; a count is two additions.
class Histogram {
 public:
  static constexpr std::array<double, 12> bounds{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                 0.05,   0.1,    0.5,   1,      2.5,   10};

  void count(std::chrono::nanoseconds took);
  // What it counted so far, as a metric's sample.
  Sample sample(std::map<std::string, std::string> labels) const;

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<std::int64_t> nanoseconds_{0};
};

}  // namespace weir::telemetry
