#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "workspace/starting_point.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;
using client::Session;

// One workspace reads what is in the folders of another.
Result<void> check_around(const std::string& folder) {
  std::error_code failed;
  const fs::path parent = fs::weakly_canonical(folder, failed).parent_path();
  const auto around = failed ? std::nullopt : client::workspace_around(parent);
  if (!around) return {};
  return Error{Fault::conflict, folder + " is inside the workspace " + around->string() +
                                    ", which would read its files: name a folder outside"};
}

Result<void> init(const std::string& folder, const Session& session) {
  OK_OR_RETURN(check_around(folder));
  TRY(const auto left, workspace::write_starting_point(folder));
  for (const fs::path& file : left) {
    session.say(file.string() + " was there and is left as it is; let it name /data/");
  }
  session.say(folder + " is a workspace now; next: weir test " + folder + ", weir run " + folder);
  return {};
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("init", "Makes a workspace to start from");
  auto folder = std::make_shared<std::string>();
  command
      ->add_option("DIR", *folder,
                   "A new folder, or one without YAML files; nothing is overwritten")
      ->required();
  command->callback([folder, &session] { session.conclude(init(*folder, session)); });
}

}  // namespace weir::cli
