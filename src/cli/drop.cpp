#include "operate/drop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/command_line.h"
#include "client/status_text.h"
#include "client/text_table.h"
#include "client/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/data_folder.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;
using client::Session;
using operate::DropPlan;
using operate::DropWish;

struct DropOptions {
  DropWish wish;
  bool yes = false;
};

std::string json_of(const DropPlan& plan, bool dropped) {
  std::string parts;
  for (const operate::DropPart& part : plan.parts) {
    parts += fmt::format(R"({}{{"what":{},"rows":{},"bytes":{}}})", parts.empty() ? "" : ",",
                         json_string(part.what), part.rows, part.bytes);
  }
  return fmt::format("{{\"dropped\":{},\"parts\":[{}]}}\n", dropped, parts);
}

std::string table_of(const DropPlan& plan) {
  std::vector<client::TextRow> rows{{"what goes", "rows", "bytes"}};
  for (const operate::DropPart& part : plan.parts) {
    rows.push_back({part.what, part.rows == 0 ? "-" : std::to_string(part.rows),
                    part.bytes == 0 ? "-" : client::bytes_text(static_cast<double>(part.bytes))});
  }
  return client::text_table(rows);
}

// True: the user says so, beforehand or now.
Result<bool> is_wanted(const DropOptions& options) {
  if (options.yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    return Error{Fault::invalid, "nothing is dropped yet: say --yes to drop it"};
  }
  fmt::print(stderr, "drop all of this for good? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

// What an earlier drop left undone is done, and need not be asked for again.
Result<void> finish_begun(const fs::path& data, DropWish& wish, const Session& session) {
  TRY(const std::vector<std::string> begun, operate::begun_drop(data));
  if (begun.empty()) return {};
  const SystemClock clock;
  TRY(const auto journal, journal::Journal::open(data, {}, clock));
  OK_OR_RETURN(operate::finish_drop(data, *journal));
  session.say(fmt::format("the drop that was begun is finished: {}", fmt::join(begun, ", ")));
  std::erase_if(wish.names, [&](const std::string& name) {
    return std::ranges::find(begun, name) != begun.end();
  });
  return {};
}

Result<void> drop(DropOptions options, const Session& session) {
  TRY(const workspace::CompiledWorkspace compiled, client::compile_workspace("."));
  const fs::path& data = compiled.declared.data;
  if (const auto running = operate::read_running(data)) {
    return Error{Fault::conflict,
                 fmt::format("a server runs over {}, process {}: end it first with `weir stop`",
                             data.string(), running->pid)};
  }
  OK_OR_RETURN(finish_begun(data, options.wish, session));
  if (options.wish.names.empty()) return {};
  TRY(const DropPlan plan, operate::plan_drop(compiled, options.wish));
  if (!session.json) session.print(table_of(plan));
  TRY(const bool wanted, is_wanted(options));
  if (wanted) {
    const SystemClock clock;
    TRY(const auto journal, journal::Journal::open(data, {}, clock));
    OK_OR_RETURN(operate::drop(data, plan, *journal));
  }
  if (session.json) session.print(json_of(plan, wanted));
  if (!session.json) session.say(wanted ? "dropped" : "nothing is dropped");
  return {};
}

}  // namespace

void add_drop(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("drop", "Removes what is kept of sources, streams and tables, for good");
  auto options = std::make_shared<DropOptions>();
  command->add_option("NAME", options->wish.names, "What the workspace no longer declares")
      ->required();
  command->add_flag("--restart", options->wish.restart,
                    "Also what it declares, which then starts anew");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->callback([options, &session] { session.conclude(drop(*options, session)); });
}

}  // namespace weir::cli
