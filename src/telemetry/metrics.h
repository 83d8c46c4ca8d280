// Figures about the running program in Prometheus' text format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::telemetry {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

struct Sample {
  std::map<std::string, std::string> labels;
  double value = 0;         // of a histogram the sum
  std::uint64_t count = 0;  // a histogram's, as are the buckets: bound and how many up to it
  std::vector<std::pair<double, std::uint64_t>> buckets{};
};

// All samples of one metric. Counters end in _total; units stand last in the name.
struct Metric {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::gauge;
  std::vector<Sample> samples;
};

std::string prometheus_text(const std::vector<Metric>& metrics);

}  // namespace weir::telemetry
