// Figures about the running program in Prometheus' text format.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace weir {

enum class MetricKind { counter, gauge };

struct Sample {
  std::map<std::string, std::string> labels;
  double value = 0;
};

// All samples of one metric. Counters end in _total; units stand last in the name.
struct Metric {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::gauge;
  std::vector<Sample> samples;
};

std::string prometheus_text(const std::vector<Metric>& metrics);

}  // namespace weir
