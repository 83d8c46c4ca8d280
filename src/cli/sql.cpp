#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/server_client.h"
#include "client/text_table.h"

namespace weir::cli {
namespace {

using client::csv_rows;
using client::refusal_of;
using client::ServerClient;
using client::Session;
using client::sql_body;
using client::text_table;

// The body of the answer as it stands.
Result<std::string> rows_as(ServerClient& client, const std::string& sql,
                            const std::string& accept) {
  TRY(const net::Response response,
      client.ask("POST", "/weir/v1/sql", sql_body(sql),
                 {{"Content-Type", "application/json"}, {"Accept", accept}}));
  if (response.status / 100 != 2) return refusal_of(response);
  return response.body;
}

Result<void> run_sql(const std::string& sql, const std::string& format, const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  if (format == "table") {
    TRY(const std::string csv, client.csv(sql));
    session.print(text_table(csv_rows(csv)));
    return {};
  }
  const std::string accept = format == "csv"      ? "text/csv"
                             : format == "ndjson" ? "application/x-ndjson"
                                                  : "application/json";
  TRY(const std::string body, rows_as(client, sql, accept));
  session.print(body);
  if (!body.empty() && body.back() != '\n') session.print("\n");
  return {};
}

}  // namespace

void add_sql(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("sql", "Batch SQL over tables, sources' history and static files");
  auto sql = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>();
  command->add_option("SQL", *sql, "One SELECT")->required();
  command->add_option("--format", *format, "table (default), csv, json or ndjson")
      ->check(client::one_of({"table", "csv", "json", "ndjson"}));
  command->callback([sql, format, &session] {
    if (format->empty()) *format = session.json ? "json" : "table";
    session.conclude(run_sql(*sql, *format, session));
  });
}

}  // namespace weir::cli
