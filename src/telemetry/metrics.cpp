#include "telemetry/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace weir::telemetry {
namespace {

prometheus::ClientMetric::Histogram client_histogram(const Sample& sample) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = sample.count;
  histogram.sample_sum = sample.value;
  for (const auto& [bound, count] : sample.buckets) {
    prometheus::ClientMetric::Bucket bucket;
    bucket.upper_bound = bound;
    bucket.cumulative_count = count;
    histogram.bucket.push_back(bucket);
  }
  return histogram;
}

prometheus::MetricType client_type(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter: return prometheus::MetricType::Counter;
    case MetricKind::gauge: return prometheus::MetricType::Gauge;
    case MetricKind::histogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric client_metric(const Sample& sample, MetricKind kind) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  switch (kind) {
    case MetricKind::counter: metric.counter.value = sample.value; break;
    case MetricKind::gauge: metric.gauge.value = sample.value; break;
    case MetricKind::histogram: metric.histogram = client_histogram(sample); break;
  }
  return metric;
}

}  // namespace

std::string prometheus_text(const std::vector<Metric>& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const Metric& metric : metrics) {
    prometheus::MetricFamily family;
    family.name = metric.name;
    family.help = metric.help;
    family.type = client_type(metric.kind);
    for (const Sample& sample : metric.samples) {
      family.metric.push_back(client_metric(sample, metric.kind));
    }
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace weir::telemetry
