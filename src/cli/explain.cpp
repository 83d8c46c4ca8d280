#include "sql/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "core/suggestion.h"

namespace weir::cli {
namespace {

using client::compile_workspace;
using client::refusal_of;
using client::ServerClient;
using client::Session;
using formats::JsonValue;

std::string guarantee_of(const workspace::Stream& stream) {
  std::string tables;
  for (const std::string& table : stream.into) tables += (tables.empty() ? "" : ", ") + table;
  return fmt::format(
      "exactly once from the journal through stream {} into {}; into the journal, "
      "exactly once for senders that give an Idempotency-Key, else at least once",
      stream.name, tables.empty() ? "its readers" : tables);
}

void explain_stream(const workspace::CompiledStream& stream, bool with_guarantee,
                    const Session& session) {
  const std::string guarantee = guarantee_of(stream.declared);
  if (session.json) {
    std::string json = sql::explain_json(stream.plan);
    if (with_guarantee) {
      json.pop_back();
      json += ", \"guarantee\": " + json_string(guarantee) + "}";
    }
    return session.print(json + "\n");
  }
  session.print(sql::explain_text(stream.plan));
  if (with_guarantee) session.print("guarantee " + guarantee + "\n");
}

std::string names_text(const JsonValue& names) {
  std::string text;
  for (const JsonValue& name : names.array()) text += (text.empty() ? "" : ", ") + name.text();
  return text;
}

std::string count_text(const JsonValue& count) {
  return count.is_null() ? "its" : std::to_string(count.unsigned_integer());
}

// "reads user_log by index [user_id, event_time]: user_id = 7; 12 rows looked at, of 1000"
std::string read_text(const JsonValue& read) {
  std::string text = "reads " + read["name"].text();
  if (read["index"].is_null()) {
    text += fmt::format(": all {} rows", count_text(read["rows"]));
    if (read["helpful_index"].is_null()) return text + "\n";
    return text + fmt::format("; an index would find them: `indexes: [[{}]]`\n",
                              names_text(read["helpful_index"]));
  }
  text += fmt::format(" by index [{}]: {}", names_text(read["index"]), read["ranges"].text());
  if (read["rows_scanned"].is_null()) return text + "\n";
  return text + fmt::format("; {} rows looked at, of {}\n", count_text(read["rows_scanned"]),
                            count_text(read["rows"]));
}

Result<void> explain_query(const char* kind, const std::string& text, const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  const std::string body = fmt::format("{{\"{}\":{}}}", kind, json_string(text));
  TRY(const net::Response response, client.ask("POST", "/weir/v1/explain", body));
  if (response.status != 200) return refusal_of(response);
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  if (session.json) {
    session.print(response.body + "\n");
    return {};
  }
  for (const JsonValue& read : answer["data"]["reads"].array()) session.print(read_text(read));
  return {};
}

// What a table's indexes cost beside its rows, as the server has measured it. `known`: what else
// has a name that could be meant.
Result<void> explain_table(const std::string& name, std::vector<std::string> known,
                           const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  TRY(const net::Response response, client.ask("GET", "/weir/v1/status"));
  if (response.status != 200) return refusal_of(response);
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  for (const JsonValue& table : answer["data"]["tables"].array()) {
    known.push_back(table["name"].text());
    if (table["name"].text() != name) continue;
    const double rows = table["index_rows"].number();
    if (session.json) {
      session.print(fmt::format(R"({{"table":{},"index_rows":{},"index_bytes":{},)"
                                R"("index_seconds":{}}})"
                                "\n",
                                json_string(name), rows, table["index_bytes"].number(),
                                table["index_seconds"].number()));
      return {};
    }
    if (rows == 0) {
      session.print(fmt::format("table {}: no row was put into an index since {}\n", name,
                                "the workspace of now is served"));
      return {};
    }
    session.print(fmt::format(
        "table {}: its indexes cost {:.0f} bytes and {:.2f} microseconds a row, of {:.0f} rows\n",
        name, table["index_bytes"].number() / rows, table["index_seconds"].number() / rows * 1e6,
        rows));
    return {};
  }
  return Error{Fault::not_found, fmt::format("the workspace has no stream, api or table \"{}\"{}",
                                             name, did_you_mean(name, known))};
}

bool is_sql(const std::string& text) { return text.find_first_of(" \n\t(") != std::string::npos; }

Result<void> explain(const std::string& name, bool with_guarantee, const Session& session) {
  if (is_sql(name)) return explain_query("sql", name, session);
  TRY(const workspace::CompiledWorkspace compiled, compile_workspace("."));
  std::vector<std::string> known;
  for (const workspace::CompiledStream& stream : compiled.streams) {
    known.push_back(stream.declared.name);
    if (stream.declared.name != name) continue;
    explain_stream(stream, with_guarantee, session);
    return {};
  }
  for (const auto& api : compiled.apis) {
    known.push_back(api.declared.name);
    if (api.declared.name == name) return explain_query("api", name, session);
  }
  return explain_table(name, std::move(known), session);
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "explain", "What a stream's SQL became; what an api or a SELECT reads, by which index");
  auto name = std::make_shared<std::string>();
  auto with_guarantee = std::make_shared<bool>(false);
  command->add_option("NAME", *name, "A stream, an api, a table or \"SELECT ...\"")->required();
  command->add_flag("--guarantee", *with_guarantee, "How often an event counts, and why");
  command->callback([name, with_guarantee, &session] {
    session.conclude(explain(*name, *with_guarantee, session));
  });
}

}  // namespace weir::cli
