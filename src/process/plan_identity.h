// Whether a stream's state is of its plan.
#pragma once

#include <map>
#include <string>

#include "core/result.h"
#include "process/snapshot.h"
#include "process/stream_job.h"
#include "sql/plan.h"

namespace weir::process {

// What else than the SQL decides what a plan means: the time zone, and of its input the event time
// and each column's type.
std::map<std::string, std::string> surroundings(const sql::Plan& plan, const StreamInput& input);

// Fault::conflict where the state is of another plan, with what is known to have changed.
Result<void> check_plan(const std::string& stream, const Snapshot& snapshot, const sql::Plan& plan,
                        const StreamInput& input);

}  // namespace weir::process
