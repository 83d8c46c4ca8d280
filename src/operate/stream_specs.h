// What a compiled workspace says of its streams and tables, in the words of the rooms that run
// them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "process/stream_job.h"
#include "store/table_spec.h"
#include "workspace/compiled.h"

namespace weir::operate {

// What the stream reads: a source's events or an earlier stream's commits.
process::StreamInput input_of(const workspace::CompiledWorkspace& workspace,
                              const workspace::CompiledStream& stream);

// The specs of all streams, one that reads another after it. `is_new` tells whether a stream has
// run before: only then does where it starts matter.
Result<std::vector<process::StreamSpec>> stream_specs(
    const workspace::CompiledWorkspace& workspace, const journal::Journal& journal,
    const std::function<Result<bool>(const std::string& stream)>& is_new);

std::vector<store::TableSpec> table_specs(const workspace::CompiledWorkspace& workspace);
// Of the tables that are filled from files.
std::set<std::string> static_names(const workspace::CompiledWorkspace& workspace);
std::vector<store::Target> targets(const workspace::CompiledWorkspace& workspace);

}  // namespace weir::operate
