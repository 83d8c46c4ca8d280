#include "operate/housekeeping.h"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <string>

#include "collect/key_record.h"
#include "core/rest.h"
#include "store/backup_lock.h"
#include "telemetry/log.h"

namespace weir::operate {
namespace {

// How long rows that came late to a stream, or that it failed on, can be read.
constexpr std::chrono::hours set_aside_kept{7 * 24};
constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

}  // namespace

Housekeeping::Housekeeping(WorkingParts parts, std::chrono::microseconds interval)
    : parts_(parts),
      thread_([this, interval](const std::stop_token& stop) { run(stop, interval); }) {}

void Housekeeping::run(const std::stop_token& stop, std::chrono::microseconds interval) {
  std::string said;  // once, not at every interval
  while (true) {
    rest(interval, stop);
    if (stop.stop_requested()) return;
    const Result<void> done = tidy(stop);
    const std::string trouble = done.ok() ? "" : done.error().message;
    if (trouble != said && !done.ok()) {
      telemetry::log(telemetry::LogCode::housekeeping_failed, trouble);
    }
    said = trouble;
  }
}

Result<void> Housekeeping::tidy(const std::stop_token& stop) {
  const auto file = store::BackupLock::of_data(parts_.workspace.declared.data);
  TRY(const auto changing, store::BackupLock::change(file, stop));
  if (!changing) return {};
  const std::lock_guard lock(mutex_);
  // First what gives room back: on a full disk the others need it.
  Result<void> retained = retain();
  Result<void> released = release();
  return retained.ok() ? released : retained;
}

Result<void> Housekeeping::release() {
  // What the tables hold is asked first: what is applied later is only needed less.
  Position needed = parts_.applier.applied();
  for (const auto& stream : parts_.streams) needed = std::min(needed, stream->needed());
  const Result<Position> of_collector = parts_.collector.checkpoint();
  if (of_collector.ok()) needed_by_collector_ = of_collector.value();
  Result<void> released = parts_.journal.release(std::min(needed, needed_by_collector_));
  if (!of_collector.ok()) return of_collector.error();
  return released;
}

Result<void> Housekeeping::retain() {
  const Instant now = parts_.clock.now();
  Result<void> all;
  const auto retain_topic = [&](const std::string& topic, Instant before, std::size_t bytes_max) {
    const Result<void> retained = parts_.journal.retain(topic, before, bytes_max);
    if (!retained.ok()) all = retained;
  };
  for (const workspace::Source& source : parts_.workspace.declared.sources) {
    const auto& [time, bytes] = source.retention;
    retain_topic(source.name, time ? now - *time : Instant::min(), bytes.value_or(no_bound));
  }
  for (const auto& stream : parts_.streams) {
    retain_topic(stream->spec().name, now - set_aside_kept, no_bound);
  }
  retain_topic(collect::keys_topic, now - collect::key_lifetime, no_bound);
  return all;
}

}  // namespace weir::operate
