#include "sql/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"

namespace weir::cli {
namespace {

using client::compile_workspace;
using client::Session;

std::string guarantee_of(const workspace::Stream& stream) {
  std::string tables;
  for (const std::string& table : stream.into) tables += (tables.empty() ? "" : ", ") + table;
  return fmt::format(
      "exactly once from the journal through stream {} into {}; into the journal, "
      "exactly once for senders that give an Idempotency-Key, else at least once",
      stream.name, tables.empty() ? "its readers" : tables);
}

Result<void> explain(const std::string& name, bool with_guarantee, const Session& session) {
  TRY(const workspace::CompiledWorkspace compiled, compile_workspace("."));
  const auto stream = std::ranges::find_if(
      compiled.streams,
      [&](const workspace::CompiledStream& candidate) { return candidate.declared.name == name; });
  if (stream == compiled.streams.end()) {
    return Error{Fault::not_found, "the workspace has no stream " + name};
  }
  const std::string guarantee = guarantee_of(stream->declared);
  if (session.json) {
    std::string json = sql::explain_json(stream->plan);
    if (with_guarantee) {
      json.pop_back();
      json += ", \"guarantee\": " + json_string(guarantee) + "}";
    }
    session.print(json + "\n");
    return {};
  }
  session.print(sql::explain_text(stream->plan));
  if (with_guarantee) session.print("guarantee " + guarantee + "\n");
  return {};
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("explain", "What a stream's SQL became");
  auto name = std::make_shared<std::string>();
  auto with_guarantee = std::make_shared<bool>(false);
  command->add_option("STREAM", *name)->required();
  command->add_flag("--guarantee", *with_guarantee, "How often an event counts, and why");
  command->callback([name, with_guarantee, &session] {
    session.conclude(explain(*name, *with_guarantee, session));
  });
}

}  // namespace weir::cli
