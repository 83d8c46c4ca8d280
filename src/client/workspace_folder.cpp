#include "client/workspace_folder.h"

#include <system_error>

#include "workspace/loader.h"

namespace weir::client {

namespace fs = std::filesystem;
using workspace::unless_mistaken;

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
  return unless_mistaken(workspace::find_data_folder(folder));
}

Result<workspace::Workspace> load_workspace(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  return unless_mistaken(workspace::load(folder));
}

Result<workspace::CompiledWorkspace> compile_workspace(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  return unless_mistaken(workspace::compile_folder(folder));
}

}  // namespace weir::client
