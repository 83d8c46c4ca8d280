#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "operate/workspace_tests.h"

namespace weir::cli {
namespace {

using client::Exit;
using client::load_workspace;
using client::Session;

using operate::TestOutcome;

std::string json_of(const std::vector<TestOutcome>& outcomes) {
  std::string list;
  for (const TestOutcome& outcome : outcomes) {
    list += fmt::format(R"({}{{"name":{},"passed":{},"failure":{}}})", list.empty() ? "" : ",",
                        json_string(outcome.name), outcome.failure.empty(),
                        outcome.failure.empty() ? "null" : json_string(outcome.failure));
  }
  return "[" + list + "]\n";
}

std::string text_of(const TestOutcome& outcome) {
  if (outcome.failure.empty()) return "passed  " + outcome.name + "\n";
  return fmt::format("FAILED  {} ({}:{})\n{}", outcome.name, outcome.place.file, outcome.place.line,
                     outcome.failure);
}

Result<void> test(const std::string& folder, const std::string& name, Session& session) {
  TRY(const workspace::Workspace loaded, load_workspace(folder));
  TRY(const std::vector<TestOutcome> outcomes, operate::run_workspace_tests(loaded, name));
  std::size_t failed = 0;
  for (const TestOutcome& outcome : outcomes) failed += outcome.failure.empty() ? 0 : 1;
  if (failed > 0) session.exit = Exit::failed;
  if (session.json) {
    session.print(json_of(outcomes));
    return {};
  }
  for (const TestOutcome& outcome : outcomes) session.print(text_of(outcome));
  session.print(fmt::format("{} passed, {} failed\n", outcomes.size() - failed, failed));
  return {};
}

}  // namespace

void add_test(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("test", "Runs a workspace's tests, without any target");
  auto folder = std::make_shared<std::string>(".");
  auto name = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "The workspace; else the one around this folder");
  command->add_option("NAME", *name, "One test; else all of them");
  command->callback([folder, name, &session] { session.conclude(test(*folder, *name, session)); });
}

}  // namespace weir::cli
