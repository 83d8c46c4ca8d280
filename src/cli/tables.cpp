#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/table_rebuild.h"

namespace weir::cli {

using client::Session;

namespace {

using client::compile_workspace;

Result<void> rebuild(bool may_be_shorter, const Session& session) {
  OK_OR_RETURN(client::find_data("."));  // for who may not read it
  TRY(const workspace::CompiledWorkspace workspace, compile_workspace("."));
  const SystemClock clock;
  TRY(const auto rebuilt, operate::rebuild_tables(workspace, may_be_shorter, clock));
  for (const auto& kept : rebuilt.kept) {
    const auto& [stream, table] = kept.target;
    session.print(session.json ? fmt::format("{{\"table\":{},\"stream\":{},\"is_whole\":{}}}\n",
                                             json_string(table), json_string(stream), kept.is_whole)
                               : fmt::format("table {}: results of stream {} {}\n", table, stream,
                                             operate::since(kept)));
  }
  if (!rebuilt.aside.empty()) {
    session.say("what was there before is in " + rebuilt.aside.string());
  }
  return {};
}

}  // namespace

void add_tables(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("tables", "Mends the tables of a stopped workspace");
  command->require_subcommand(1);
  auto* rebuild_command = command->add_subcommand(
      "rebuild", "Moves the tables' folder aside and writes them anew from the journal");
  auto may_be_shorter = std::make_shared<bool>(false);
  rebuild_command->add_flag("--shorter", *may_be_shorter,
                            "Also where the oldest results are no longer kept");
  rebuild_command->callback(
      [may_be_shorter, &session] { session.conclude(rebuild(*may_be_shorter, session)); });
}

}  // namespace weir::cli
