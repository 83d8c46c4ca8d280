#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/argument_checks.h"
#include "client/server_client.h"
#include "client/text_table.h"
#include "core/json_text.h"
#include "core/suggestion.h"
#include "engine/database.h"

namespace weir::cli {
namespace {

// Bytes that are no UTF-8 are shown with escapes: one such row must not hide the others.
constexpr const char* refused_columns =
    "replayed, code, reason, coalesce(try(decode(bytes)), bytes::VARCHAR) AS event";

using client::csv_rows;
using client::refusal_of;
using client::ServerClient;
using client::Session;
using client::sql_body;
using client::text_table;
using formats::JsonValue;

constexpr std::size_t errors_shown = 5;

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

// What sets rows aside: a source those that do not fit, a stream those on which its SQL fails.
struct Refuser {
  std::string name;
  bool is_stream = false;
};

Result<std::vector<Refuser>> refusers(const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  TRY(const formats::JsonValue sources, client.data("GET", "/weir/v1/sources"));
  TRY(const formats::JsonValue streams, client.data("GET", "/weir/v1/streams"));
  std::vector<Refuser> all;
  for (const auto& source : sources.array()) all.push_back({source["name"].text(), false});
  for (const auto& stream : streams.array()) all.push_back({stream["name"].text(), true});
  return all;
}

Result<Refuser> refuser(const std::string& name, const Session& session) {
  TRY(const std::vector<Refuser> all, refusers(session));
  std::vector<std::string> names;
  for (const Refuser& one : all) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  return Error{Fault::not_found, fmt::format("there is no source or stream \"{}\"{}", name,
                                             did_you_mean(name, names))};
}

// `only`: of which source or stream; empty: of all.
Result<void> list(const std::string& only, const Session& session) {
  std::vector<Refuser> of;
  if (only.empty()) {
    TRY(of, refusers(session));
  } else {
    TRY(of.emplace_back(), refuser(only, session));
  }
  std::string sql;
  for (const Refuser& one : of) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += fmt::format(
        "SELECT {0} AS \"name\", code, count(*) AS \"rows\", {1} AS replayed, "
        "count(*) - {1} AS remaining, max(accepted) AS newest "
        "FROM quarantine({0}) GROUP BY ALL HAVING count(*) > 0",
        engine::quote_text(one.name), one.is_stream ? "0" : "count(replayed)");
  }
  if (sql.empty()) return {};
  return print_rows("SELECT * FROM (" + sql + ") ORDER BY \"name\", code", session);
}

Result<void> show(const std::string& name, std::size_t limit, const Session& session) {
  TRY(const Refuser of, refuser(name, session));
  return print_rows(
      fmt::format("SELECT accepted, {} FROM quarantine({}) ORDER BY accepted DESC LIMIT {}",
                  of.is_stream ? "code, reason, \"row\"" : refused_columns,
                  engine::quote_text(name), limit),
      session);
}

struct ReplayOptions {
  std::string source, code, from, to, into;
  bool late = false;
  bool dry_run = false;
  bool again = false;
};

struct ReplayTotals {
  std::uint64_t rows = 0, accepted = 0, late = 0, refused = 0, replayed_before = 0;
  std::uint64_t still_late = 0;
  std::vector<std::string> first_errors;

  void add(const JsonValue& answer) {
    rows += answer["rows"].unsigned_integer();
    accepted += answer["accepted"].unsigned_integer();
    late += answer["late"].unsigned_integer();
    refused += answer["refused"].unsigned_integer();
    still_late += answer["still_late"].unsigned_integer();
    replayed_before += answer["replayed_before"].unsigned_integer();
    for (const JsonValue& error : answer["errors"].array()) {
      if (first_errors.size() == errors_shown) return;
      first_errors.push_back(error["code"].text() + ": " + error["reason"].text());
    }
  }
};

std::string body_of(const ReplayOptions& options, const JsonValue& next) {
  std::string body = fmt::format(R"({{"late":{},"again":{},"dry_run":{})", options.late,
                                 options.again, options.dry_run);
  if (!options.into.empty()) body += ",\"into\":" + json_string(options.into);
  if (!options.code.empty()) body += ",\"code\":" + json_string(options.code);
  if (!options.from.empty()) body += ",\"since\":" + json_string(options.from);
  if (!options.to.empty()) body += ",\"until\":" + json_string(options.to);
  if (!next.is_null()) {
    body += fmt::format(R"(,"next":{{"position":{},"row":{}}})",
                        next["position"].unsigned_integer(), next["row"].unsigned_integer());
  }
  return body + "}";
}

void print_totals(const ReplayTotals& totals, bool dry_run, const Session& session) {
  if (session.json) {
    session.print(
        fmt::format(R"({{"rows":{},"accepted":{},"late":{},"refused":{},"replayed_before":{},)"
                    R"("still_late":{},"dry_run":{}}})"
                    "\n",
                    totals.rows, totals.accepted, totals.late, totals.refused,
                    totals.replayed_before, totals.still_late, dry_run));
    return;
  }
  session.print(
      fmt::format("{} rows: {} {}accepted ({} late), {} refused again; {} were replayed "
                  "before\n",
                  totals.rows, totals.accepted, dry_run ? "would be " : "", totals.late,
                  totals.refused, totals.replayed_before));
  for (const std::string& error : totals.first_errors) session.say("refused again: " + error);
  if (totals.still_late == 0) return;
  session.say(
      fmt::format("{} rows are still behind the watermark of their source and were left where they "
                  "are: windows would leave them out again, and all else has counted them; --into "
                  "sends them to another source",
                  totals.still_late));
}

// Part by part, so that no answer takes long; whenever it ends, the same command goes on.
Result<void> replay(const ReplayOptions& options, const Session& session) {
  TRY(ServerClient server, ServerClient::find(session));
  const std::string target =
      "/weir/v1/quarantine/" + net::percent_encode(options.source) + "/replay";
  ReplayTotals totals;
  JsonValue next;
  do {
    TRY(const JsonValue answer, server.data("POST", target, body_of(options, next),
                                            {{"Content-Type", "application/json"}}));
    totals.add(answer);
    next = answer["next"];
  } while (!next.is_null());
  print_totals(totals, options.dry_run, session);
  return {};
}

void add_replay(CLI::App& quarantine, Session& session) {
  auto* command = quarantine.add_subcommand(
      "replay", "Sends the rows that were set aside again; what is taken now is an event");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("SOURCE", options->source, "With --late, the stream or its source")
      ->required();
  command->add_flag("--late", options->late, "Rows that came late to the stream, not refused ones");
  command->add_option("--into", options->into, "The source that late rows go to; else their own");
  command->add_option("--code", options->code, "Those refused for it, such as WRONG_TYPE");
  command->add_option("--from", options->from, "Those refused at that time or later");
  command->add_option("--to", options->to, "Those refused before that time");
  command->add_flag("--dry-run", options->dry_run, "Tell what would come of it");
  command->add_flag("--again", options->again, "Those too that were replayed before");
  command->callback([options, &session] { session.conclude(replay(*options, session)); });
}

}  // namespace

void add_quarantine(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("quarantine", "Rows that sources and streams set aside, and why");
  command->require_subcommand(1);
  auto* list_command =
      command->add_subcommand("list", "How many rows each source and stream set aside");
  auto only = std::make_shared<std::string>();
  list_command->add_option("NAME", *only, "Of which source or stream; else of all");
  list_command->callback([only, &session] { session.conclude(list(*only, session)); });

  add_replay(*command, session);

  auto* show_command =
      command->add_subcommand("show", "The newest rows that a source or stream set aside");
  auto name = std::make_shared<std::string>();
  auto limit = std::make_shared<std::size_t>(20);
  show_command->add_option("NAME", *name, "A source or stream")->required();
  show_command->add_option("--limit", *limit, "Rows at most")
      ->check(client::whole_number(1), "[1 or more]")
      ->capture_default_str();
  show_command->callback(
      [name, limit, &session] { session.conclude(show(*name, *limit, session)); });
}

}  // namespace weir::cli
