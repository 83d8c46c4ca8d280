// What `weir init` writes: a small workspace with comments, that runs as it is.
#pragma once

#include <filesystem>
#include <vector>

#include "core/result.h"

namespace weir::workspace {

// Makes the folder where there is none. Fault::conflict, and nothing written, where YAML files are
// in it already: all of them would be the workspace's. Another file is left as it is; gives which
// of those it would have written.
Result<std::vector<std::filesystem::path>> write_starting_point(
    const std::filesystem::path& folder);

}  // namespace weir::workspace
