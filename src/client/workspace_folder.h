// Finds the workspace a command is run in, and reads it.
#pragma once

#include <filesystem>

#include "core/result.h"
#include "workspace/compiled.h"
#include "workspace/declarations.h"

namespace weir::client {

// The folder or the nearest above it that holds a weir.yaml. Fault::not_found where none does.
Result<std::filesystem::path> find_workspace(const std::filesystem::path& from);

// Its data folder, for which nothing but weir.yaml is read.
Result<std::filesystem::path> find_data(const std::filesystem::path& from);

// Fault::invalid with every mistake, a line each.
Result<workspace::Workspace> load_workspace(const std::filesystem::path& from);
Result<workspace::CompiledWorkspace> compile_workspace(const std::filesystem::path& from);

}  // namespace weir::client
