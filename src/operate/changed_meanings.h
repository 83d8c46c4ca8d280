// Holds a workspace against what its data folder keeps: what would change the meaning of that is
// refused before anything runs.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "store/table_store.h"
#include "workspace/compiled.h"

namespace weir::operate {

// Every stream whose state is of another plan. Only reads, also beside a running server; what
// cannot be read is left for the start to tell of. The state of what is in `dropped` does not
// count.
std::vector<workspace::Mistake> changed_meanings(const workspace::CompiledWorkspace& workspace,
                                                 const std::vector<std::string>& dropped = {});
// Fault::conflict with all of them, a line each.
Result<void> check_meanings(const workspace::CompiledWorkspace& workspace);

// Every stream and table that a start would refuse, where no server runs: as changed_meanings(),
// and where the stored tables can be read, those whose columns or key are others.
std::vector<workspace::Mistake> changed_data(const workspace::CompiledWorkspace& workspace);

// All for which `next` cannot follow `now`, which is served and has that store open. What is kept
// of the names in `dropped` will be gone by then.
Result<std::vector<workspace::Mistake>> reasons_against(const workspace::CompiledWorkspace& next,
                                                        const workspace::Workspace& now,
                                                        const store::TableStore& store,
                                                        const std::vector<std::string>& dropped);

}  // namespace weir::operate
