// Finds the workspace a command is run in, and reads it.
#pragma once

#include <filesystem>
#include <optional>

#include "core/result.h"
#include "workspace/compiled.h"
#include "workspace/declarations.h"

namespace weir::client {

// The folder or the nearest above it that holds a weir.yaml; a canonical path, which need not be
// there.
std::optional<std::filesystem::path> workspace_around(const std::filesystem::path& canonical);
// The same; Fault::not_found where there is none, or no such folder: a slip must not lead to
// another workspace above it.
Result<std::filesystem::path> find_workspace(const std::filesystem::path& from);

// Its data folder, for which nothing but weir.yaml is read. Fault::denied where it is another
// user's.
Result<std::filesystem::path> find_data(const std::filesystem::path& from);

// Fault::invalid with every mistake, a line each.
Result<workspace::Workspace> load_workspace(const std::filesystem::path& from);
Result<workspace::CompiledWorkspace> compile_workspace(const std::filesystem::path& from);

}  // namespace weir::client
