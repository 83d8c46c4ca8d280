#include "operate/housekeeping.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <limits>

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
  std::mutex idle;
  std::condition_variable_any woken;
  while (true) {
    {
      std::unique_lock lock(idle);
      woken.wait_for(lock, stop, interval, [] { return false; });
    }
    if (stop.stop_requested()) return;
    if (const Result<void> done = tidy(); !done.ok()) {
      fmt::print(stderr, "weir: housekeeping: {}\n", done.error().message);
    }
  }
}

Result<void> Housekeeping::tidy() {
  const std::lock_guard lock(mutex_);
  // What the tables hold is asked first: what is applied later is only needed less.
  Position needed = parts_.applier.applied();
  for (const auto& stream : parts_.streams) needed = std::min(needed, stream->needed());
  TRY(const Position of_collector, parts_.collector.checkpoint());
  OK_OR_RETURN(parts_.journal.release(std::min(needed, of_collector)));
  for (const workspace::Source& source : parts_.workspace.declared.sources) {
    const auto& [time, bytes] = source.retention;
    const Instant before = time ? parts_.clock.now() - *time : Instant::min();
    OK_OR_RETURN(parts_.journal.retain(source.name, before, bytes.value_or(no_bound)));
  }
  for (const auto& stream : parts_.streams) {
    const Instant before = parts_.clock.now() - set_aside_kept;
    OK_OR_RETURN(parts_.journal.retain(stream->spec().name, before, no_bound));
  }
  return {};
}

}  // namespace weir::operate
