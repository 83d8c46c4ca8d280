#include "sql/syntax.h"

#include <algorithm>
#include <charconv>

namespace weir::sql {
namespace {

using formats::JsonValue;

constexpr const char* one_select =
    "write one SELECT, and nothing after it: SQL here reads, it changes nothing";

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
    if (kind == "FUNCTION") uses_.functions.push_back(named(value, "function_name"));
    if (kind == "WINDOW") uses_.windows.push_back(named(value, "function_name"));
    if (kind == "PARAMETER") uses_.parameters.push_back(named(value, "identifier"));
    if (kind == "COLUMN_REF" && !value["column_names"].array().empty()) {
      uses_.columns.push_back({lower(value["column_names"].array().back().text()),
                               value["query_location"].unsigned_integer()});
    }
    if (kind.empty() && type == "BASE_TABLE") note_table(value);
    if (kind.empty() && type == "SHOW_REF") uses_.descriptions.push_back(named(value, "show_type"));
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
      add_table(name + "(" + arguments.front()["value"]["value"].text() + ")", arguments.front());
    }
    if (name != "tumble" && name != "hop") return;
    const auto& parts = arguments.front()["column_names"].array();
    if (parts.size() == 1) add_table(parts.front().text(), arguments.front());
    if (arguments.front()["value"]["value"].is_text()) {
      add_table(arguments.front()["value"]["value"].text(), arguments.front());
    }
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
  return JsonValue::parse(batch->column(0).string(0));
}

Error refuse_as_duckdb(const JsonValue& answer, Refusals& refusals) {
  const std::string& digits = answer["position"].text();
  std::size_t offset = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  return refusals.at(offset, answer["error_message"].text());
}

Result<JsonValue> parse_select(engine::Connection& connection, Refusals& refusals) {
  const std::string text = engine::quote_text(refusals.sql());
  TRY(const JsonValue answer, serialize(connection, "json_serialize_sql(" + text + ")"));
  if (answer["error_type"].text() == "not implemented") return refusals.at(0, one_select);
  if (answer["error"].boolean()) return refuse_as_duckdb(answer, refusals);
  const auto& statements = answer["statements"].array();
  if (statements.size() != 1) return refusals.at(0, one_select);
  return statements.front();
}

SqlUses uses_of(const JsonValue& statement) {
  SqlUses uses;
  UseReader(uses).read(statement);
  return uses;
}

}  // namespace weir::sql
