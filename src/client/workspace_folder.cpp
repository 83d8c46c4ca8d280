#include "client/workspace_folder.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include "workspace/loader.h"

namespace weir::client {

namespace fs = std::filesystem;
using workspace::unless_mistaken;

namespace {

std::string owner_of(const fs::path& file) {
  struct stat facts{};
  if (stat(file.c_str(), &facts) != 0) return "another user";
  const passwd* user = getpwuid(facts.st_uid);
  return "user " + (user == nullptr ? std::to_string(facts.st_uid) : std::string(user->pw_name));
}

// To whom it is closed, it would look as if no server ran and nothing were kept.
Result<void> check_may_read(const fs::path& data) {
  if (access(data.c_str(), R_OK | X_OK) == 0 || errno != EACCES) return {};
  return Error{Fault::denied,
               data.string() + " is open to " + owner_of(data) +
                   " alone: be that user, or name the server with --url and a token with --token "
                   "where the command takes them"};
}

}  // namespace

std::optional<fs::path> workspace_around(const fs::path& canonical) {
  std::error_code failed;
  for (fs::path folder = canonical;; folder = folder.parent_path()) {
    if (fs::exists(folder / "weir.yaml", failed)) return folder;
    if (failed || folder == folder.root_path()) return std::nullopt;
  }
}

Result<fs::path> find_workspace(const fs::path& from) {
  std::error_code failed;
  const fs::path folder = fs::canonical(from, failed);
  if (failed) return Error{Fault::not_found, from.string() + ": " + failed.message()};
  if (!fs::is_directory(folder, failed)) {
    return Error{Fault::invalid,
                 from.string() + " is no folder: name the one that holds weir.yaml"};
  }
  if (const auto found = workspace_around(folder)) return *found;
  return Error{Fault::not_found, "there is no weir.yaml in " + from.string() +
                                     " nor above it; `weir init DIR` makes a workspace"};
}

Result<fs::path> find_data(const fs::path& from) {
  TRY(const fs::path folder, find_workspace(from));
  TRY(fs::path data, unless_mistaken(workspace::find_data_folder(folder)));
  OK_OR_RETURN(check_may_read(data));
  return data;
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
