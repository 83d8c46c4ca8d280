#include "cli/command_line.h"
#include "workspace/loader.h"

namespace weir::cli {

using client::Session;

void add_schema(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "schema", "Prints the JSON Schema of a workspace's documents, for editors");
  auto as_page = std::make_shared<bool>(false);
  command->add_flag("--markdown", *as_page, "The reference page of all settings instead");
  command->callback([as_page, &session] {
    session.print((*as_page ? workspace::settings_page() : workspace::json_schema()) + "\n");
  });
}

}  // namespace weir::cli
