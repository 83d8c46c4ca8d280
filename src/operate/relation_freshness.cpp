#include "operate/relation_freshness.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::operate {
namespace {

// Whoever does nothing for so long waits for a disk, or is in a function that does not end.
constexpr std::chrono::seconds standstill_max{10};

}  // namespace

Result<void> RelationFreshness::wait(const std::vector<std::string>& relations, Position position,
                                     std::chrono::steady_clock::time_point deadline) {
  // Nobody has such a position from us, and whoever waits for it holds a worker until the deadline.
  if (const Position end = journal_.end(); position > end) {
    return Error{Fault::invalid,
                 fmt::format("position {} is beyond the journal's end, {}: wait for the position "
                             "that an answer to sent events or to a watermark has",
                             position, end)};
  }
  Wait wait{position, deadline, stopping_.get_token(), {}};
  Position results = 0;
  for (const std::string& relation : relations) {
    const auto writers = freshening_.writers.find(relation);
    if (writers == freshening_.writers.end()) continue;
    for (const std::string& stream : writers->second) {
      TRY(const Position settled, settle(stream, wait));
      results = std::max(results, settled);
    }
  }
  return wait_applied(results, wait);
}

Result<void> RelationFreshness::wait_all(Position position,
                                         std::chrono::steady_clock::time_point deadline) {
  while (true) {
    const std::uint64_t before = progress();
    const auto standstill = std::chrono::steady_clock::now() + standstill_max;
    Result<void> waited = wait_once({position, std::min(deadline, standstill), {}, {}});
    const bool may_come = !waited.ok() && waited.error().fault == Fault::unavailable;
    if (!may_come || progress() == before || standstill > deadline) return waited;
  }
}

std::uint64_t RelationFreshness::progress() const {
  std::uint64_t sum = applier_.applied();
  for (const auto& [name, job] : freshening_.streams) {
    const process::StreamCounts counts = job->counts();
    sum += counts.through + counts.reached;
  }
  return sum;
}

Result<void> RelationFreshness::wait_once(Wait wait) {
  Position results = 0;
  for (const auto& [name, job] : freshening_.streams) {
    TRY(const Position settled, settle(name, wait));
    results = std::max(results, settled);
  }
  return wait_applied(results, wait);
}

Result<Position> RelationFreshness::settle(const std::string& stream, Wait& wait) {
  if (const auto done = wait.settled.find(stream); done != wait.settled.end()) return done->second;
  process::StreamJob& job = *freshening_.streams.at(stream);
  const process::StreamInput& input = job.spec().input;
  Position until = wait.position;
  if (!input.is_source) {
    TRY(until, settle(input.topic, wait));
  }
  TRY(const Position settled, job.settle(until, wait.deadline, wait.stop));
  wait.settled.emplace(stream, settled);
  return settled;
}

Result<void> RelationFreshness::wait_applied(Position position, const Wait& wait) {
  if (applier_.wait_applied(position, wait.deadline, wait.stop)) return {};
  OK_OR_RETURN(within("tables", applier_.health()));
  return Error{Fault::unavailable, fmt::format("the tables have not reached position {} yet: they "
                                               "are at {}; ask again, or with a longer timeout",
                                               position, applier_.applied())};
}

}  // namespace weir::operate
