#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "cli/server_client.h"
#include "cli/text_table.h"
#include "engine/database.h"

namespace weir::cli {
namespace {

Result<void> print_rows(const std::string& sql, const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  if (session.json) {
    TRY(const net::Response response,
        client.ask("POST", "/weir/v1/sql", sql_body(sql), {{"Content-Type", "application/json"}}));
    if (response.status != 200) return refusal_of(response);
    session.print(response.body + "\n");
    return {};
  }
  TRY(const std::string csv, client.csv(sql));
  session.print(text_table(csv_rows(csv)));
  return {};
}

// `only`: of which source; empty: of all.
Result<void> list(const std::string& only, const Session& session) {
  std::vector<std::string> sources{only};
  if (only.empty()) {
    TRY(ServerClient client, ServerClient::find(session));
    TRY(const formats::JsonValue all, client.data("GET", "/weir/v1/sources"));
    sources.clear();
    for (const auto& source : all.array()) sources.push_back(source["name"].text());
  }
  std::string sql;
  for (const std::string& source : sources) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += fmt::format(
        "SELECT {0} AS source, code, count(*) AS \"rows\", max(accepted) AS newest "
        "FROM quarantine({0}) GROUP BY ALL",
        engine::quote_text(source));
  }
  if (sql.empty()) return {};
  return print_rows("SELECT * FROM (" + sql + ") ORDER BY source, code", session);
}

Result<void> show(const std::string& source, std::size_t limit, const Session& session) {
  return print_rows(fmt::format("SELECT accepted, code, reason, decode(bytes) AS event FROM "
                                "quarantine({}) ORDER BY accepted DESC LIMIT {}",
                                engine::quote_text(source), limit),
                    session);
}

}  // namespace

void add_quarantine(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("quarantine", "Rows that sources refused, and why");
  command->require_subcommand(1);
  auto* list_command = command->add_subcommand("list", "How many rows each source refused");
  auto only = std::make_shared<std::string>();
  list_command->add_option("SOURCE", *only, "Of which source; else of all");
  list_command->callback([only, &session] { session.conclude(list(*only, session)); });

  auto* show_command = command->add_subcommand("show", "The newest rows that a source refused");
  auto source = std::make_shared<std::string>();
  auto limit = std::make_shared<std::size_t>(20);
  show_command->add_option("SOURCE", *source)->required();
  show_command->add_option("--limit", *limit, "Rows at most")->capture_default_str();
  show_command->callback(
      [source, limit, &session] { session.conclude(show(*source, *limit, session)); });
}

}  // namespace weir::cli
