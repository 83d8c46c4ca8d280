#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/workspace_folder.h"
#include "operate/changed_meanings.h"
#include "workspace/compiled.h"
#include "workspace/loader.h"

namespace weir::cli {
namespace {

using client::Exit;
using client::find_workspace;
using client::Session;

using formats::JsonValue;
using workspace::CompiledWorkspace;
using workspace::Mistake;

std::vector<Mistake> mistakes_in(const JsonValue& answer) {
  std::vector<Mistake> mistakes;
  for (const JsonValue& one : answer["mistakes"].array()) {
    mistakes.push_back({{one["file"].text(), static_cast<int>(one["line"].integer()),
                         static_cast<int>(one["column"].integer())},
                        one["message"].text()});
  }
  return mistakes;
}

// As the server that runs over its data would judge, or the next start.
Result<std::vector<Mistake>> changes_of(const CompiledWorkspace& compiled, const Session& session) {
  TRY(auto server, client::ServerClient::over(compiled.declared.data, session));
  if (!server) return operate::changed_data(compiled);
  TRY(const JsonValue answer, server->data("GET", "/weir/v1/validate"));
  const std::string& folder = answer["folder"].text();
  if (folder == compiled.declared.folder) return mistakes_in(answer);
  session.say(
      fmt::format("whether the stored tables fit is told at the start: the server that runs "
                  "over {} serves {}",
                  compiled.declared.data.string(), folder));
  return operate::changed_meanings(compiled);
}

Result<std::vector<Mistake>> mistakes_of(const std::filesystem::path& folder,
                                         const Session& session) {
  auto compiled = workspace::compile_folder(folder);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&compiled)) return std::move(*mistakes);
  return changes_of(std::get<CompiledWorkspace>(compiled), session);
}

Result<void> validate(const std::string& folder, Session& session) {
  TRY(const std::filesystem::path found, find_workspace(folder));
  TRY(const std::vector<Mistake> mistakes, mistakes_of(found, session));
  if (!mistakes.empty()) session.exit = Exit::refused;
  if (session.json) {
    session.print(fmt::format("{{\"valid\":{},\"mistakes\":{}}}\n", mistakes.empty(),
                              workspace::mistakes_json(mistakes)));
    return {};
  }
  for (const Mistake& mistake : mistakes) session.print(workspace::to_string(mistake) + "\n");
  if (mistakes.empty()) session.print("the workspace is valid\n");
  return {};
}

}  // namespace

void add_validate(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("validate", "Shows every mistake of a workspace at once");
  auto folder = std::make_shared<std::string>(".");
  command->add_option("DIR", *folder, "The workspace; else the one around this folder");
  command->callback([folder, &session] { session.conclude(validate(*folder, session)); });
}

}  // namespace weir::cli
