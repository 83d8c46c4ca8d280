#include "process/plan_identity.h"

#include <fmt/format.h>

namespace weir::process {
namespace {

// "column v of ev was INTEGER and is now BIGINT", or nothing where nothing of it changed.
std::string changes(const std::map<std::string, std::string>& then,
                    const std::map<std::string, std::string>& now) {
  std::string words;
  for (const auto& [what, value] : now) {
    const auto before = then.find(what);
    if (before == then.end() || before->second == value) continue;
    words += fmt::format("{}{} was {} and is now {}", words.empty() ? "" : ", ", what,
                         before->second, value);
  }
  return words;
}

}  // namespace

std::map<std::string, std::string> surroundings(const sql::Plan& plan, const StreamInput& input) {
  const std::string of_input = " of " + input.topic;
  std::map<std::string, std::string> all{{"time_zone", plan.time_zone}};
  for (const Field& column : input.schema->columns) {
    all["column " + column.name + of_input] = to_string(column.type);
  }
  if (input.event_time) {
    all["event_time" + of_input] = input.schema->columns[*input.event_time].name;
  }
  return all;
}

Result<void> check_plan(const std::string& stream, const Snapshot& snapshot, const sql::Plan& plan,
                        const StreamInput& input) {
  if (snapshot.plan_hash == plan.hash) return {};
  const std::string known = changes(snapshot.surroundings, surroundings(plan, input));
  return Error{Fault::conflict,
               fmt::format("{} changed{}; keep the old ones, or start it anew, without what it has "
                           "given so far: `weir drop {} --restart`",
                           known.empty() ? "its SQL's meaning or its emit"
                                         : "its SQL's meaning, its emit or what it goes by",
                           known.empty() ? "" : ": " + known, stream)};
}

}  // namespace weir::process
