#include "sql/syntax.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "engine/failure.h"
#include "sql/function_rules.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

constexpr const char* one_select =
    "write one SELECT, and nothing after it: SQL here reads, it changes nothing";

struct NoQuery {
  std::string_view word;  // that the statement begins with
  std::string_view instead;
};

constexpr std::string_view engine_settings =
    "the engine's settings are not for queries, and those of the server stand in weir.yaml";
constexpr std::string_view declared =
    "tables and streams are declared in the workspace's files; `weir new` writes such a file";
constexpr std::string_view events =
    "rows come in as events, through `weir send` or POST /ingest/SOURCE";
constexpr std::string_view kept =
    "rows go by the `retention` of their source or table, or all at once with `weir drop`";
constexpr std::string_view own_tables =
    "SQL here reads the workspace's own tables and sources, no file and no other database";

constexpr auto no_queries = std::to_array<NoQuery>({
    {"set", engine_settings},
    {"reset", engine_settings},
    {"pragma", engine_settings},
    {"create", declared},
    {"alter", declared},
    {"drop", "`weir drop NAME` removes what is kept of a name"},
    {"insert", events},
    {"update", events},
    {"merge", events},
    {"delete", kept},
    {"truncate", kept},
    {"attach", own_tables},
    {"detach", own_tables},
    {"use", own_tables},
    {"install", own_tables},
    {"load", own_tables},
    {"import", own_tables},
    {"copy", "`weir sql \"SELECT ...\" --format csv` writes rows as CSV"},
    {"export", "`weir backup DEST` copies the data"},
    {"explain", "`weir explain \"SELECT ...\"` tells what a query reads"},
});

// What to do in place of a text that is no single SELECT.
std::string in_place_of(std::string_view sql) {
  std::size_t begin = 0;
  while (begin < sql.size()) {
    const std::size_t end = token_end(sql, begin);
    const bool is_comment = sql.substr(begin, 2) == "--" || sql.substr(begin, 2) == "/*";
    const bool is_space = std::string_view(" \t\r\n;").find(sql[begin]) != std::string_view::npos;
    if (!is_comment && !is_space) break;
    begin = end;
  }
  if (begin == sql.size()) return "there is no SQL: write one SELECT";
  const std::string word = lower(std::string(sql.substr(begin, token_end(sql, begin) - begin)));
  const auto found = std::ranges::find(no_queries, word, &NoQuery::word);
  if (found == no_queries.end()) return one_select;
  return "write one SELECT: " + std::string(found->instead);
}

// Walks the whole tree. A WITH name hides a table in its query and in what is nested there.
class UseReader {
 public:
  explicit UseReader(SqlUses& uses) : uses_(uses) {}

  void read(const JsonValue& value) {
    for (const JsonValue& element : value.array()) read(element);
    if (!value.is_object()) return;
    const std::size_t names_before = with_names_.size();
    for (const JsonValue& entry : value["cte_map"]["map"].array()) {
      with_names_.push_back(lower(entry["key"].text()));
      uses_.with_names.push_back(with_names_.back());
    }
    note(value);
    for (const auto& [name, member] : value.object()) read_member(value, name, member);
    with_names_.resize(names_before);
  }

 private:
  void read_member(const JsonValue& parent, const std::string& name, const JsonValue& member) {
    // A table function's own call is noted as that, and the table it reads is its first argument.
    if (name == "function" && parent["type"].text() == "TABLE_FUNCTION") {
      note_table_function(member);
      read(member["children"]);
    } else {
      read(member);
    }
  }

  void note(const JsonValue& value) {
    const std::string& kind = value["class"].text();
    const std::string& type = value["type"].text();
    if (kind == "FUNCTION") {
      uses_.functions.push_back(named(value, "function_name"));
      note_text(value);
    }
    if (kind == "WINDOW") uses_.windows.push_back(named(value, "function_name"));
    if (kind == "PARAMETER") uses_.parameters.push_back(named(value, "identifier"));
    if (kind == "COLUMN_REF" && !value["column_names"].array().empty()) {
      uses_.columns.push_back({lower(value["column_names"].array().back().text()),
                               value["query_location"].unsigned_integer()});
    }
    if (value["id"].text() == "VARIANT") uses_.variants = true;
    if (kind.empty() && type == "BASE_TABLE") note_table(value);
    if (kind.empty() && type == "SHOW_REF") uses_.descriptions.push_back(named(value, "show_type"));
  }

  void note_text(const JsonValue& call) {
    const Use& use = uses_.functions.back();
    const auto argument = argument_of_text(use.name);
    if (!argument) return;
    uses_.texts.push_back(
        {use.name, call["children"].at(*argument)["value"]["value"].text(), use.offset});
  }

  void note_table(const JsonValue& value) {
    std::string name = value["table_name"].text();
    for (const char* qualifier : {"schema_name", "catalog_name"}) {
      if (!value[qualifier].text().empty()) name = value[qualifier].text() + "." + name;
    }
    add_table(std::move(name), value);
  }

  void note_table_function(const JsonValue& call) {
    uses_.table_functions.push_back(named(call, "function_name"));
    const std::string& name = uses_.table_functions.back().name;
    const auto& arguments = call["children"].array();
    if (arguments.empty()) return;
    if (name == "late" || name == "quarantine") {
      const auto& column = arguments.front()["column_names"].array();
      if (!column.empty()) {
        uses_.unquoted.push_back({name + "('" + column.back().text() + "')",
                                  arguments.front()["query_location"].unsigned_integer()});
        return;
      }
      add_table(name + "(" + arguments.front()["value"]["value"].text() + ")", arguments.front());
    }
    if (name != "tumble" && name != "hop") return;
    const auto& parts = arguments.front()["column_names"].array();
    const JsonValue& constant = arguments.front()["value"]["value"];
    if (parts.size() == 1) add_table(parts.front().text(), arguments.front());
    if (constant.is_text()) add_table(constant.text(), arguments.front());
    // Arguments that have names may come in any order.
    const bool are_named = std::ranges::any_of(
        arguments, [](const JsonValue& argument) { return !argument["alias"].text().empty(); });
    if (are_named || (parts.size() != 1 && !constant.is_text())) uses_.has_computed_table = true;
  }

  void add_table(std::string name, const JsonValue& at) {
    if (std::ranges::find(with_names_, lower(name)) != with_names_.end()) return;
    uses_.tables.push_back({std::move(name), at["query_location"].unsigned_integer()});
  }

  static Use named(const JsonValue& value, const char* member) {
    return {lower(value[member].text()), value["query_location"].unsigned_integer()};
  }

  SqlUses& uses_;
  std::vector<std::string> with_names_;
};

}  // namespace

Result<JsonValue> serialize(engine::Connection& connection, const std::string& call) {
  TRY(const std::unique_ptr<engine::Rows> rows, connection.query("SELECT " + call + "::VARCHAR"));
  TRY(const std::shared_ptr<const Batch> batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  Result<JsonValue> tree = JsonValue::parse(batch->column(0).string(0));
  if (tree.ok()) return tree;
  // Written by DuckDB, it is wrong in no other way than by 1e999, which JSON has no word for.
  const bool is_too_deep = tree.error().message.find("too deep") != std::string::npos;
  return Error{Fault::invalid, is_too_deep ? std::string(engine::too_deep_words)
                                           : "a number here is beyond those of a DOUBLE: write "
                                             "CAST('Infinity' AS DOUBLE) for what has no end"};
}

Error refuse_as_duckdb(const JsonValue& answer, Refusals& refusals) {
  const std::string& digits = answer["position"].text();
  std::size_t offset = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  return refusals.at(offset, engine::in_words_of_ours(answer["error_message"].text()));
}

Result<JsonValue> parse_select(engine::Connection& connection, Refusals& refusals) {
  const std::string text = engine::quote_text(refusals.sql());
  TRY(const JsonValue answer, serialize(connection, "json_serialize_sql(" + text + ")"));
  const bool is_no_select = answer["error_type"].text() == "not implemented";
  if (answer["error"].boolean() && !is_no_select) return refuse_as_duckdb(answer, refusals);
  const auto& statements = answer["statements"].array();
  if (is_no_select || statements.size() != 1) return refusals.at(0, in_place_of(refusals.sql()));
  return statements.front();
}

SqlUses uses_of(const JsonValue& statement) {
  SqlUses uses;
  UseReader(uses).read(statement);
  return uses;
}

void refuse_unbounded(const SqlUses& uses, Refusals& refusals) {
  for (const TextUse& use : uses.texts) {
    if (const auto why = refusal_of_text(use.function, use.text)) refusals.note(use.offset, *why);
  }
  if (!uses.variants) return;
  refusals.note_at_word("variant",
                        "the type VARIANT is not for SQL here: what is made one may be as deep as "
                        "it likes; leave it JSON, and read its parts by path, as in "
                        "body->>'$.a.b'");
}

}  // namespace weir::sql
