#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "operate/changed_meanings.h"
#include "workspace/compiled.h"
#include "workspace/loader.h"

namespace weir::cli {
namespace {

using client::Exit;
using client::find_workspace;
using client::Session;

using workspace::Mistake;

std::vector<Mistake> mistakes_of(const std::filesystem::path& folder) {
  auto compiled = workspace::compile_folder(folder);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&compiled)) return std::move(*mistakes);
  return operate::changed_meanings(std::get<workspace::CompiledWorkspace>(compiled));
}

std::string json_of(const std::vector<Mistake>& mistakes) {
  std::string list;
  for (const Mistake& mistake : mistakes) {
    list += fmt::format(R"({}{{"file":{},"line":{},"column":{},"message":{}}})",
                        list.empty() ? "" : ",", json_string(mistake.place.file),
                        mistake.place.line, mistake.place.column, json_string(mistake.message));
  }
  return fmt::format("{{\"valid\":{},\"mistakes\":[{}]}}\n", mistakes.empty(), list);
}

Result<void> validate(const std::string& folder, Session& session) {
  TRY(const std::filesystem::path found, find_workspace(folder));
  const std::vector<Mistake> mistakes = mistakes_of(found);
  if (!mistakes.empty()) session.exit = Exit::refused;
  if (session.json) {
    session.print(json_of(mistakes));
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
