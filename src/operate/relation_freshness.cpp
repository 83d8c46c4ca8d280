#include "operate/relation_freshness.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::operate {

Result<void> RelationFreshness::wait(const std::vector<std::string>& relations, Position position,
                                     std::chrono::steady_clock::time_point deadline) {
  Wait wait{position, deadline, {}};
  Position results = 0;
  for (const std::string& relation : relations) {
    const auto writers = freshening_.writers.find(relation);
    if (writers == freshening_.writers.end()) continue;
    for (const std::string& stream : writers->second) {
      TRY(const Position settled, settle(stream, wait));
      results = std::max(results, settled);
    }
  }
  return wait_applied(results, deadline);
}

Result<void> RelationFreshness::wait_all(Position position,
                                         std::chrono::steady_clock::time_point deadline) {
  Wait wait{position, deadline, {}};
  Position results = 0;
  for (const auto& [name, job] : freshening_.streams) {
    TRY(const Position settled, settle(name, wait));
    results = std::max(results, settled);
  }
  return wait_applied(results, deadline);
}

Result<Position> RelationFreshness::settle(const std::string& stream, Wait& wait) {
  if (const auto done = wait.settled.find(stream); done != wait.settled.end()) return done->second;
  process::StreamJob& job = *freshening_.streams.at(stream);
  const process::StreamInput& input = job.spec().input;
  Position until = wait.position;
  if (!input.is_source) {
    TRY(until, settle(input.topic, wait));
  }
  TRY(const Position settled, job.settle(until, wait.deadline));
  wait.settled.emplace(stream, settled);
  return settled;
}

Result<void> RelationFreshness::wait_applied(Position position,
                                             std::chrono::steady_clock::time_point deadline) {
  if (applier_.wait_applied(position, deadline)) return {};
  OK_OR_RETURN(applier_.health());
  return Error{Fault::unavailable, fmt::format("the tables have not reached position {} yet: they "
                                               "are at {}; ask again, or with a longer timeout",
                                               position, applier_.applied())};
}

}  // namespace weir::operate
