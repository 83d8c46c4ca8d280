#include "cli/workspace_folder.h"

#include <system_error>

#include "workspace/loader.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

Error all_of(const std::vector<workspace::Mistake>& mistakes) {
  std::string text = "the workspace has mistakes";
  for (const auto& mistake : mistakes) text += "\n" + workspace::to_string(mistake);
  return {Fault::invalid, text};
}

}  // namespace

Result<fs::path> find_workspace(const fs::path& from) {
  std::error_code failed;
  fs::path folder = fs::weakly_canonical(from, failed);
  while (!failed) {
    if (fs::exists(folder / "weir.yaml", failed)) return folder;
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return Error{Fault::not_found, "there is no weir.yaml in " + from.string() +
                                     " nor above it; `weir init DIR` makes a workspace"};
}

Result<fs::path> find_data(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  auto data = workspace::find_data_folder(folder);
  if (const auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&data)) {
    return all_of(*mistakes);
  }
  return std::get<fs::path>(std::move(data));
}

Result<workspace::Workspace> load_workspace(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  auto loaded = workspace::load(folder);
  if (const auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&loaded)) {
    return all_of(*mistakes);
  }
  return std::get<workspace::Workspace>(std::move(loaded));
}

Result<workspace::CompiledWorkspace> compile_workspace(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  auto compiled = workspace::compile_folder(folder);
  if (const auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&compiled)) {
    return all_of(*mistakes);
  }
  return std::get<workspace::CompiledWorkspace>(std::move(compiled));
}

}  // namespace weir::cli
