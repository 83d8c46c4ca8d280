#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/status_text.h"
#include "client/text_table.h"

namespace weir::cli {
namespace {

using client::behind_text;
using client::bytes_text;
using client::number_text;
using client::refusal_of;
using client::ServerClient;
using client::Session;
using client::state_text;
using client::text_table;
using client::TextRow;
using client::time_text;

using formats::JsonValue;

std::string sources_table(const JsonValue& status) {
  std::vector<TextRow> rows{{"source", "rows in", "accepted", "quarantined", "late", "watermark"}};
  for (const JsonValue& s : status["sources"].array()) {
    rows.push_back({s["name"].text(), number_text(s["rows_in"]), number_text(s["accepted"]),
                    number_text(s["quarantined"]), number_text(s["late"]),
                    time_text(s["watermark_seconds"])});
  }
  return text_table(rows);
}

std::string streams_table(const JsonValue& status) {
  std::vector<TextRow> rows{
      {"stream", "rows in", "rows out", "late", "quarantined", "behind by", "watermark", "state"}};
  for (const JsonValue& s : status["streams"].array()) {
    rows.push_back({s["name"].text(), number_text(s["rows_in"]), number_text(s["rows_out"]),
                    number_text(s["late"]), number_text(s["quarantined"]),
                    behind_text(status, s["processed_through"]), time_text(s["watermark_seconds"]),
                    state_text(s)});
  }
  return text_table(rows);
}

std::string tables_table(const JsonValue& status) {
  std::vector<TextRow> rows{{"table", "rows applied"}};
  for (const JsonValue& t : status["tables"].array()) {
    rows.push_back({t["name"].text(), number_text(t["rows_applied"])});
  }
  return text_table(rows);
}

std::string journal_line(const JsonValue& status) {
  return fmt::format("journal end {}; tables behind by {}; memory {}",
                     number_text(status["journal_end"]),
                     behind_text(status, status["tables_applied"]),
                     bytes_text(static_cast<double>(status["memory_bytes"].unsigned_integer())));
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
  session.print(
      fmt::format("{}: {}; rows are counted since {}\n{}\n\n{}\n{}\n{}", status["workspace"].text(),
                  status["ready"].boolean() ? "ready" : "NOT READY: " + status["not_ready"].text(),
                  time_text(status["serving_since_seconds"]), journal_line(status),
                  sources_table(status), streams_table(status), tables_table(status)));
  if (const std::string& refused = status["reload_refused"].text(); !refused.empty()) {
    session.print("\nthe workspace's changed files are not served: " + refused + "\n");
  }
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
