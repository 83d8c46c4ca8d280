#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "operate/new_resource.h"

namespace weir::cli {
namespace {

using client::find_workspace;
using client::Session;

Result<void> make(const operate::NewResource& wanted, const Session& session) {
  TRY(const std::filesystem::path folder, find_workspace("."));
  TRY(const std::filesystem::path file, operate::write_new_resource(folder, wanted));
  if (session.json) {
    session.print(fmt::format("{{\"file\":{}}}\n", json_string(file.string())));
  } else {
    session.print(file.string() + "\n");
  }
  return {};
}

}  // namespace

void add_new(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("new", "Writes a commented starting point of one more resource");
  auto wanted = std::make_shared<operate::NewResource>();
  command->add_option("KIND", wanted->kind, "source, stream, table, api or test")
      ->required()
      ->check(client::one_of(operate::new_resource_kinds()));
  command->add_option("NAME", wanted->name, "Its name, and that of its file")->required();
  command->add_option("--from", wanted->from,
                      "The source (stream, test) or table (api) it is about; else the first");
  command->callback([wanted, &session] { session.conclude(make(*wanted, session)); });
}

}  // namespace weir::cli
