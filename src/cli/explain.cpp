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

// What is told of a name or of a SELECT; "null" in JSON where there is no such thing.
struct Explained {
  std::string stream = "null";
  std::string table = "null";
  std::string reads = "null";
  std::string text;

  std::string json(const std::string& name) const {
    return fmt::format(R"({{"name":{},"stream":{},"table":{},"reads":{}}})", name, stream, table,
                       reads);
  }
};

void explain_stream(const workspace::CompiledStream& stream, bool with_guarantee,
                    Explained& explained) {
  const std::string guarantee = guarantee_of(stream.declared);
  explained.stream = sql::explain_json(stream.plan);
  explained.stream.pop_back();
  explained.stream += ", \"guarantee\": " + json_string(guarantee) + "}";
  explained.text += sql::explain_text(stream.plan);
  if (with_guarantee) explained.text += "guarantee " + guarantee + "\n";
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
    if (!read["passed_over_index"].is_null()) {
      text += fmt::format("; by index [{}] too many of them would be looked at",
                          names_text(read["passed_over_index"]));
    }
    if (read["helpful_index"].is_null()) return text + "\n";
    return text + fmt::format("; an index would find them: `indexes: [[{}]]`\n",
                              names_text(read["helpful_index"]));
  }
  text += fmt::format(" by index [{}]: {}", names_text(read["index"]), read["ranges"].text());
  if (read["rows_scanned"].is_null()) return text + "\n";
  return text + fmt::format("; {} rows looked at, of {}\n", count_text(read["rows_scanned"]),
                            count_text(read["rows"]));
}

// What the member of an object is, as it is written.
Result<std::string> member_text(const std::string& object, const std::string& name) {
  TRY(const auto members, formats::member_texts(object));
  const auto found = std::ranges::find(members, name, &std::pair<std::string, std::string>::first);
  if (found != members.end()) return found->second;
  return Error{Fault::internal, "the server's answer has no " + name};
}

Result<void> explain_query(const char* kind, const std::string& text, const Session& session,
                           Explained& explained) {
  TRY(ServerClient client, ServerClient::find(session));
  const std::string body = fmt::format("{{\"{}\":{}}}", kind, json_string(text));
  TRY(const net::Response response, client.ask("POST", "/weir/v1/explain", body));
  if (response.status != 200) return refusal_of(response);
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  const auto& reads = answer["data"]["reads"].array();
  for (const JsonValue& read : reads) explained.text += read_text(read);
  if (reads.empty()) explained.text += "reads no table\n";
  TRY(const std::string data, member_text(response.body, "data"));
  TRY(explained.reads, member_text(data, "reads"));
  return {};
}

// As /weir/v1/status tells it.
std::string cost_text(const std::string& name, const JsonValue& table) {
  const double rows = table["index_rows"].number();
  if (rows == 0) {
    return fmt::format("table {}: no row was put into an index since {}\n", name,
                       "the workspace of now is served");
  }
  return fmt::format(
      "table {}: its indexes cost {:.0f} bytes and {:.2f} microseconds a row, of {:.0f} rows\n",
      name, table["index_bytes"].number() / rows, table["index_seconds"].number() / rows * 1e6,
      rows);
}

// What a table's indexes cost beside its rows, as the server has measured it. `known`: what else
// has a name that could be meant.
Result<void> explain_table(const std::string& name, std::vector<std::string> known,
                           const Session& session, Explained& explained) {
  TRY(ServerClient client, ServerClient::find(session));
  TRY(const JsonValue status, client.data("GET", "/weir/v1/status"));
  for (const JsonValue& table : status["tables"].array()) {
    known.push_back(table["name"].text());
    if (table["name"].text() != name) continue;
    explained.table =
        fmt::format(R"({{"index_rows":{},"index_bytes":{},"index_seconds":{}}})",
                    table["index_rows"].unsigned_integer(), table["index_bytes"].unsigned_integer(),
                    table["index_seconds"].number());
    explained.text += cost_text(name, table);
    return {};
  }
  return Error{Fault::not_found, fmt::format("the workspace has no stream, api or table \"{}\"{}",
                                             name, did_you_mean(name, known))};
}

// Of a name that a stream has too, which is told without a server.
void explain_own_table(const std::string& name, const Session& session, Explained& explained) {
  const Result<void> told = explain_table(name, {}, session, explained);
  if (told.ok()) return;
  explained.table = R"({"index_rows":null,"index_bytes":null,"index_seconds":null})";
  explained.text +=
      fmt::format("table {}: what its indexes cost is not known: {}\n", name, told.error().message);
}

bool is_sql(const std::string& text) { return text.find_first_of(" \n\t(") != std::string::npos; }

Result<void> explain_name(const std::string& name, bool with_guarantee, const Session& session,
                          Explained& explained) {
  TRY(const workspace::CompiledWorkspace compiled, compile_workspace("."));
  std::vector<std::string> known;
  for (const auto& stream : compiled.streams) known.push_back(stream.declared.name);
  for (const auto& api : compiled.apis) known.push_back(api.declared.name);
  const auto has = [&](const auto& all, const auto& name_of) {
    return std::ranges::find(all, name, name_of) != all.end();
  };
  const auto api_name = [](const auto& api) { return api.declared.name; };
  const auto stream_name = [](const auto& stream) { return stream.declared.name; };
  if (has(compiled.apis, api_name)) return explain_query("api", name, session, explained);
  const auto stream = std::ranges::find(compiled.streams, name, stream_name);
  if (stream == compiled.streams.end()) {
    return explain_table(name, std::move(known), session, explained);
  }
  explain_stream(*stream, with_guarantee, explained);
  if (has(compiled.tables, &workspace::StreamTable::name)) {
    explain_own_table(name, session, explained);
  }
  return {};
}

Result<void> explain(const std::string& what, bool with_guarantee, const Session& session) {
  Explained explained;
  const bool is_query = is_sql(what);
  if (is_query) {
    OK_OR_RETURN(explain_query("sql", what, session, explained));
  } else {
    OK_OR_RETURN(explain_name(what, with_guarantee, session, explained));
  }
  session.print(session.json ? explained.json(is_query ? "null" : json_string(what)) + "\n"
                             : explained.text);
  return {};
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
