#include "cli/command_line.h"
#include "workspace/starting_point.h"

namespace weir::cli {
namespace {

using client::Session;

Result<void> init(const std::string& folder, const Session& session) {
  OK_OR_RETURN(workspace::write_starting_point(folder));
  session.say(folder + " is a workspace now; next: weir test " + folder + ", weir run " + folder);
  return {};
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("init", "Makes a workspace to start from");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder)->required();
  command->callback([folder, &session] { session.conclude(init(*folder, session)); });
}

}  // namespace weir::cli
