// Checks the SQL of published APIs against what they may read.
#pragma once

#include <vector>

#include "workspace/compiled.h"
#include "workspace/compiled_streams.h"

namespace weir::workspace {

// `known` has the tables and sources. An API that reads a table with a mistake of its own is left
// out: `reads` finds it.
std::vector<CompiledApi> compile_apis(const Workspace& workspace,
                                      const std::vector<sql::Readable>& known, SqlReads& reads,
                                      std::vector<Mistake>& mistakes);

}  // namespace weir::workspace
