// What `weir init` writes: a small workspace with comments, that runs as it is.
#pragma once

#include <filesystem>

#include "core/result.h"

namespace weir::workspace {

// Makes the folder where there is none. Fault::conflict, and nothing written, where it has one of
// the files already.
Result<void> write_starting_point(const std::filesystem::path& folder);

}  // namespace weir::workspace
