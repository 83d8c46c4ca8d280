#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/server_client.h"
#include "client/status_text.h"
#include "client/text_table.h"
#include "core/json_text.h"

namespace weir::cli {
namespace {

using client::behind_text;
using client::bytes_text;
using client::number_text;
using client::ServerClient;
using client::Session;
using client::state_text;
using client::text_table;
using client::TextRow;
using client::time_text;
using formats::JsonValue;
using Moment = std::chrono::steady_clock::time_point;

struct TopOptions {
  double every_seconds = 1;
  bool once = false;
};

struct Look {
  JsonValue status;
  Moment at;
};

Result<Look> look(ServerClient& server) {
  TRY(JsonValue status, server.data("GET", "/weir/v1/status"));
  return Look{std::move(status), std::chrono::steady_clock::now()};
}

// How much a second a count grew between two looks.
class Rates {
 public:
  Rates(const Look& before, const Look& now)
      : before_(before.status),
        seconds_(std::chrono::duration<double>(now.at - before.at).count()) {}

  // Of the one of that kind and name; what was not there before has no rate yet, and a count that
  // began anew with its server has grown by what it is.
  double of(const std::string& kind, const JsonValue& now, const std::string& count) const {
    for (const JsonValue& before : before_[kind].array()) {
      if (before["name"].text() == now["name"].text()) return of(before[count], now[count]);
    }
    return 0;
  }
  double of(const JsonValue& before, const JsonValue& now) const {
    const std::uint64_t then = before.unsigned_integer();
    const std::uint64_t grown = now.unsigned_integer();
    return static_cast<double>(grown >= then ? grown - then : grown) / seconds_;
  }
  double journal(const JsonValue& now) const {
    return of(before_["journal_end"], now["journal_end"]);
  }

 private:
  const JsonValue& before_;
  const double seconds_;
};

// What is shown of each kind: the counts whose rates are told.
struct Kind {
  std::string list, one;
  std::vector<std::pair<std::string, std::string>> counts;  // head, count
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"sources",
       "source",
       {{"in/s", "rows_in"},
        {"accepted/s", "accepted"},
        {"quarantined/s", "quarantined"},
        {"late/s", "late"}}},
      {"streams",
       "stream",
       {{"in/s", "rows_in"},
        {"out/s", "rows_out"},
        {"late/s", "late"},
        {"quarantined/s", "quarantined"}}},
      {"tables", "table", {{"applied/s", "rows_applied"}}},
  };
  return all;
}

std::string rate_text(double rate) { return fmt::format("{:.{}f}", rate, rate < 10 ? 1 : 0); }

void add_state(const Kind& kind, const JsonValue& status, const JsonValue& one, TextRow& row) {
  if (kind.list == "tables") return row.push_back(number_text(one["rows_applied"]));
  row.push_back(time_text(one["watermark_seconds"]));
  if (kind.list == "sources") return;
  row.push_back(behind_text(status, one["processed_through"]));
  row.push_back(state_text(one));
}

std::string table_of(const Kind& kind, const JsonValue& status, const Rates& rates) {
  TextRow head{kind.one};
  for (const auto& [text, count] : kind.counts) head.push_back(text);
  if (kind.list == "tables") head.emplace_back("rows applied");
  if (kind.list != "tables") head.emplace_back("watermark");
  if (kind.list == "streams") head.insert(head.end(), {"behind by", "state"});
  std::vector<TextRow> rows{head};
  for (const JsonValue& one : status[kind.list].array()) {
    TextRow row{one["name"].text()};
    for (const auto& [text, count] : kind.counts) {
      row.push_back(rate_text(rates.of(kind.list, one, count)));
    }
    add_state(kind, status, one, row);
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

std::string page_of(const JsonValue& status, const Rates& rates) {
  std::string page =
      fmt::format("{}: {}; memory {}; journal end {}, {} a second; tables behind by {}\n",
                  status["workspace"].text(),
                  status["ready"].boolean() ? "ready" : "NOT READY: " + status["not_ready"].text(),
                  bytes_text(static_cast<double>(status["memory_bytes"].unsigned_integer())),
                  number_text(status["journal_end"]), bytes_text(rates.journal(status)),
                  behind_text(status, status["tables_applied"]));
  for (const Kind& kind : kinds()) page += "\n" + table_of(kind, status, rates);
  if (const std::string& failure = status["tables_failure"].text(); !failure.empty()) {
    page += "\nnothing is applied to the tables: " + failure + "\n";
  }
  return page;
}

std::string json_of(const JsonValue& status, const Rates& rates) {
  std::string json = fmt::format(
      R"({{"workspace":{},"ready":{},"memory_bytes":{},"journal_end":{},"journal_bytes_a_second":{:.1f},)"
      R"("tables_applied":{})",
      json_string(status["workspace"].text()), status["ready"].boolean(),
      status["memory_bytes"].unsigned_integer(), status["journal_end"].unsigned_integer(),
      rates.journal(status), status["tables_applied"].unsigned_integer());
  for (const Kind& kind : kinds()) {
    std::string list;
    for (const JsonValue& one : status[kind.list].array()) {
      list += (list.empty() ? "{" : ",{") + ("\"name\":" + json_string(one["name"].text()));
      for (const auto& [text, count] : kind.counts) {
        list += fmt::format(R"(,"{}_a_second":{:.1f})", count, rates.of(kind.list, one, count));
      }
      if (kind.list == "streams") {
        list +=
            fmt::format(R"(,"processed_through":{},"state":{})",
                        one["processed_through"].unsigned_integer(), json_string(state_text(one)));
      }
      list += '}';
    }
    json += fmt::format(R"(,"{}":[{}])", kind.list, list);
  }
  return json + "}\n";
}

// On a terminal in the place of the page before.
void show(const JsonValue& status, const Rates& rates, const TopOptions& options,
          const Session& session) {
  if (session.json) return session.print(json_of(status, rates));
  const bool in_place = !options.once && isatty(STDOUT_FILENO) != 0;
  const std::string page = page_of(status, rates);
  session.print(in_place ? "\x1b[H\x1b[J" + page : page + (options.once ? "" : "\n"));
}

Result<void> top(const TopOptions& options, const Session& session) {
  TRY(ServerClient server, ServerClient::find(session));
  client::end_when_interrupted();
  TRY(Look before, look(server));
  while (true) {
    std::this_thread::sleep_for(std::chrono::duration<double>(options.every_seconds));
    TRY(Look now, look(server));
    show(now.status, Rates(before, now), options, session);
    if (options.once) return {};
    before = std::move(now);
  }
}

}  // namespace

void add_top(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("top", "Rows a second through sources, streams and tables, live");
  auto options = std::make_shared<TopOptions>();
  command->add_option("--every", options->every_seconds, "Seconds between two looks")
      ->check(client::number(0.1, 3600), "[0.1 to 3600]")
      ->capture_default_str();
  command->add_flag("--once", options->once, "One look at one such while, then the end");
  command->callback([options, &session] { session.conclude(top(*options, session)); });
}

}  // namespace weir::cli
