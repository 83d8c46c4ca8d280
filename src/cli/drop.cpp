#include "operate/drop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/status_text.h"
#include "client/text_table.h"
#include "client/workspace_folder.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "operate/data_folder.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;
using client::ServerClient;
using client::Session;
using formats::JsonValue;
using operate::DropPlan;
using operate::DropWish;

constexpr std::chrono::minutes patience{11};  // streams keep their state first
constexpr std::chrono::milliseconds look_every{50};

struct DropOptions {
  DropWish wish;
  bool yes = false;
};

// `parts` as operate::parts_json() has them.
Result<void> print_parts(const std::string& parts, const Session& session) {
  if (session.json) return {};
  TRY(const JsonValue all, JsonValue::parse(parts));
  std::vector<client::TextRow> rows{{"what goes", "rows", "bytes"}};
  for (const JsonValue& part : all.array()) {
    const std::uint64_t count = part["rows"].unsigned_integer();
    const std::uint64_t bytes = part["bytes"].unsigned_integer();
    rows.push_back({part["what"].text(), count == 0 ? "-" : std::to_string(count),
                    bytes == 0 ? "-" : client::bytes_text(static_cast<double>(bytes))});
  }
  session.print(client::text_table(rows));
  return {};
}

void conclude(const std::string& parts, bool dropped, const Session& session) {
  if (session.json) {
    session.print(fmt::format("{{\"dropped\":{},\"parts\":{}}}\n", dropped, parts));
  } else {
    session.say(dropped ? "dropped" : "nothing is dropped");
  }
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
  TRY(const auto opened, operate::open_data(data, {}, clock));
  OK_OR_RETURN(operate::finish_drop(data, *opened.journal));
  session.say(fmt::format("the drop that was begun is finished: {}", fmt::join(begun, ", ")));
  std::erase_if(wish.names, [&](const std::string& name) {
    return std::ranges::find(begun, name) != begun.end();
  });
  return {};
}

Result<void> drop_stopped(const workspace::CompiledWorkspace& compiled, DropOptions options,
                          const Session& session) {
  const fs::path& data = compiled.declared.data;
  OK_OR_RETURN(operate::make_data_folder(data));  // what is written in it is its user's alone
  OK_OR_RETURN(finish_begun(data, options.wish, session));
  if (options.wish.names.empty()) return {};
  TRY(const DropPlan plan, operate::plan_stopped_drop(compiled, options.wish));
  const std::string parts = operate::parts_json(plan);
  OK_OR_RETURN(print_parts(parts, session));
  TRY(const bool wanted, is_wanted(options));
  if (wanted) {
    const SystemClock clock;
    TRY(const auto opened, operate::open_data(data, {}, clock));
    OK_OR_RETURN(operate::begin_drop(data, plan));
    OK_OR_RETURN(operate::finish_drop(data, *opened.journal));
  }
  conclude(parts, wanted, session);
  return {};
}

std::string body_of(const DropWish& wish, bool dry_run) {
  return fmt::format(R"({{"names":{},"restart":{},"dry_run":{}}})", json_strings(wish.names),
                     wish.restart, dry_run);
}

std::string parts_of(const JsonValue& answer) {
  operate::DropPlan plan;
  for (const JsonValue& part : answer["data"]["parts"].array()) {
    plan.parts.push_back(
        {part["what"].text(), part["rows"].unsigned_integer(), part["bytes"].unsigned_integer()});
  }
  return operate::parts_json(plan);
}

Result<net::Response> ask_drop(ServerClient& server, const DropWish& wish, bool dry_run) {
  TRY(net::Response response, server.ask("POST", "/weir/v1/drop", body_of(wish, dry_run),
                                         {{"Content-Type", "application/json"}}));
  if (response.status != 200) return client::refusal_of(response);
  return response;
}

// Until the server has taken up the workspace without what was dropped.
Result<void> wait_done(ServerClient& server) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    TRY(const JsonValue begun, server.data("GET", "/weir/v1/drop"));
    if (begun.array().empty()) break;
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{Fault::unavailable, "the drop is still under way"};
    }
    std::this_thread::sleep_for(look_every);
  }
  TRY(const JsonValue status, server.data("GET", "/weir/v1/status"));
  const std::string& refused = status["reload_refused"].text();
  if (refused.empty()) return {};
  return Error{Fault::conflict, refused};
}

Result<void> drop_running(const DropOptions& options, const Session& session) {
  TRY(ServerClient server, ServerClient::find(session));
  TRY(const net::Response planned, ask_drop(server, options.wish, true));
  TRY(const JsonValue answer, JsonValue::parse(planned.body));
  const std::string parts = parts_of(answer);
  OK_OR_RETURN(print_parts(parts, session));
  TRY(const bool wanted, is_wanted(options));
  if (wanted) {
    OK_OR_RETURN(ask_drop(server, options.wish, false));
    OK_OR_RETURN(wait_done(server));
  }
  conclude(parts, wanted, session);
  return {};
}

Result<void> drop(const DropOptions& options, const Session& session) {
  if (!session.url.empty()) return drop_running(options, session);
  TRY(const fs::path data, client::find_data("."));
  if (operate::read_running(data)) return drop_running(options, session);
  TRY(const workspace::CompiledWorkspace compiled, client::compile_workspace("."));
  return drop_stopped(compiled, options, session);
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
