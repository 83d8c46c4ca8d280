#include "client/workspace_folder.h"

#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "workspace/loader.h"

namespace weir::client {
namespace {

namespace fs = std::filesystem;

Error all_of(const std::vector<workspace::Mistake>& mistakes) {
  std::string text = "the workspace has mistakes";
  for (const auto& mistake : mistakes) text += "\n" + workspace::to_string(mistake);
  return {Fault::invalid, text};
}

template <class T>
Result<T> unless_mistaken(std::variant<T, std::vector<workspace::Mistake>> read) {
  if (const auto* mistakes = std::get_if<1>(&read)) return all_of(*mistakes);
  return std::get<0>(std::move(read));
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
