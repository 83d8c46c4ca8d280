// Works out the tables of a workspace: columns, keys and writers of those that streams write, rows
// of those that stand in files.
#pragma once

#include <vector>

#include "workspace/compiled.h"

namespace weir::workspace {

// Those that have a mistake, or a writer with one, are left out.
std::vector<StreamTable> compile_tables(const Workspace& workspace,
                                        const std::vector<CompiledStream>& streams,
                                        std::vector<Mistake>& mistakes);

std::vector<StaticTable> read_static_tables(const Workspace& workspace,
                                            std::vector<Mistake>& mistakes);

}  // namespace weir::workspace
