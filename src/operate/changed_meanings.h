// Holds a workspace against what its data folder keeps: what would change the meaning of that is
// refused before anything runs.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "workspace/compiled.h"

namespace weir::operate {

// Every stream whose state is of another plan. Only reads, also beside a running server; what
// cannot be read is left for the start to tell of. The state of what is in `dropped` does not
// count.
std::vector<workspace::Mistake> changed_meanings(const workspace::CompiledWorkspace& workspace,
                                                 const std::vector<std::string>& dropped = {});
// Fault::conflict with all of them, a line each.
Result<void> check_meanings(const workspace::CompiledWorkspace& workspace,
                            const std::vector<std::string>& dropped = {});

}  // namespace weir::operate
