#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/text_table.h"

namespace weir::cli {
namespace {

using client::refusal_of;
using client::ServerClient;
using client::Session;
using client::text_table;
using client::TextRow;

using formats::JsonValue;

std::string number(const JsonValue& value) { return std::to_string(value.unsigned_integer()); }

std::string time_of(const JsonValue& seconds) {
  if (seconds.is_null()) return "-";
  const std::chrono::sys_seconds time(std::chrono::seconds(seconds.integer()));
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", time);
}

std::string sources_table(const JsonValue& status) {
  std::vector<TextRow> rows{{"source", "rows in", "accepted", "quarantined", "late", "watermark"}};
  for (const JsonValue& s : status["sources"].array()) {
    rows.push_back({s["name"].text(), number(s["rows_in"]), number(s["accepted"]),
                    number(s["quarantined"]), number(s["late"]), time_of(s["watermark_seconds"])});
  }
  return text_table(rows);
}

std::string state_of(const JsonValue& stream) {
  if (const std::string& failure = stream["failure"].text(); !failure.empty()) return failure;
  const std::string& trouble = stream["trouble"].text();
  return trouble.empty() ? "running" : "waits: " + trouble;
}

std::string streams_table(const JsonValue& status) {
  std::vector<TextRow> rows{
      {"stream", "rows in", "rows out", "late", "quarantined", "behind by", "watermark", "state"}};
  const std::uint64_t end = status["journal_end"].unsigned_integer();
  for (const JsonValue& s : status["streams"].array()) {
    const std::uint64_t through = s["processed_through"].unsigned_integer();
    rows.push_back({s["name"].text(), number(s["rows_in"]), number(s["rows_out"]),
                    number(s["late"]), number(s["quarantined"]),
                    fmt::format("{} bytes", end > through ? end - through : 0),
                    time_of(s["watermark_seconds"]), state_of(s)});
  }
  return text_table(rows);
}

std::string tables_table(const JsonValue& status) {
  std::vector<TextRow> rows{{"table", "rows applied"}};
  for (const JsonValue& t : status["tables"].array()) {
    rows.push_back({t["name"].text(), number(t["rows_applied"])});
  }
  return text_table(rows);
}

Result<void> show_status(const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  TRY(const net::Response response, client.ask("GET", "/weir/v1/status"));
  if (response.status != 200) return refusal_of(response);
  if (session.json) {
    session.print(response.body + "\n");
    return {};
  }
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  const JsonValue& status = answer["data"];
  session.print(fmt::format(
      "{}: {}; rows are counted since the server's start\n\n{}\n{}\n{}", status["workspace"].text(),
      status["ready"].boolean() ? "ready" : "NOT READY: " + status["not_ready"].text(),
      sources_table(status), streams_table(status), tables_table(status)));
  if (const std::string& failure = status["tables_failure"].text(); !failure.empty()) {
    session.print("\nnothing is applied to the tables: " + failure + "\n");
  }
  return {};
}

}  // namespace

void add_status(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("status", "Every row accounted for, from source to table");
  command->callback([&session] { session.conclude(show_status(session)); });
}

}  // namespace weir::cli
