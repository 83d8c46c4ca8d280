#include "journal/source_watermark.h"

#include <algorithm>

namespace weir::journal {
namespace {

// A time near the smallest there is has no watermark before it.
std::int64_t less(std::int64_t time, std::int64_t lateness) {
  return time < no_watermark + lateness ? no_watermark : time - lateness;
}

}  // namespace

std::vector<std::int64_t> SourceWatermark::follow(const EventsHead& head, const Column& times) {
  value_ = std::max(value_, head.watermark_before);
  newest_ = std::max(newest_, head.newest_before);
  std::vector<std::int64_t> in_force;
  in_force.reserve(times.size());
  for (const std::int64_t time : times.values<std::int64_t>()) {
    if (time > newest_) {
      newest_ = time;
      value_ = std::max(value_, less(time, head.lateness));
    }
    in_force.push_back(value_);
  }
  return in_force;
}

bool SourceWatermark::raise(const WatermarkHead& head) {
  if (head.at) {
    value_ = std::max<std::int64_t>(value_, head.at->time_since_epoch().count());
    return false;
  }
  if (newest_ != no_watermark) value_ = std::max(value_, newest_ + 1);
  return true;
}

}  // namespace weir::journal
