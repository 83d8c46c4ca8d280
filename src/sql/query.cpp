#include "sql/query.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/suggestion.h"
#include "sql/batch_names.h"
#include "sql/function_rules.h"
#include "sql/query_bulk.h"
#include "sql/syntax.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

std::string empty_table(const Readable& readable) {
  return "CREATE TABLE " + engine::quote_name(readable.name) + " (" +
         engine::column_list(*readable.schema) + ");";
}

bool reads_topic(std::string_view table_function) {
  return table_function == "late" || table_function == "quarantine";
}

void refuse_uses(const SqlUses& uses, Refusals& refusals) {
  for (const std::vector<Use>* called : {&uses.functions, &uses.windows}) {
    for (const Use& use : *called) {
      if (const auto why = refusal_in_query(use.name)) refusals.note(use.offset, *why);
    }
  }
  refuse_unbounded(uses, refusals);
  for (const Use& use : uses.table_functions) {
    if (is_safe_table_function(use.name) || reads_topic(use.name)) continue;
    const auto why = refusal_of_file_function(use.name);
    refusals.note(use.offset,
                  why ? *why
                      : use.name +
                            "() in FROM is not for queries: read a table or a source by its "
                            "name, or tumble, hop, late, quarantine, unnest, range");
  }
  for (const Use& use : uses.unquoted) {
    refusals.note(use.offset, "put quotes around the name: " + use.name);
  }
  for (const Use& use : uses.descriptions) {
    refusals.note_at_word(
        use.name,
        "a query reads rows, not descriptions: write a SELECT; GET "
        "/weir/v1/tables tells the tables' columns, /weir/v1/sources the events'");
  }
}

void refuse_tables(const SqlUses& uses, const std::vector<std::string>& known, Refusals& refusals) {
  for (const Use& use : uses.tables) {
    if (std::ranges::find(known, lower(use.name)) != known.end()) continue;
    refusals.note(use.offset,
                  refusal_of_file(use.name).value_or("there is no table or source \"" + use.name +
                                                     "\"" + did_you_mean(use.name, known)));
  }
}

// Those it uses, in the order they are declared.
std::vector<std::string> used_parameters(const SqlUses& uses, const std::vector<Field>& declared,
                                         Refusals& refusals) {
  std::vector<std::string> known;
  for (const Field& field : declared) known.push_back(field.name);
  std::set<std::string> used;
  for (const Use& use : uses.parameters) {
    if (std::ranges::find(known, use.name) == known.end()) {
      refusals.note_at_word("$" + use.name,
                            "there is no parameter $" + use.name + did_you_mean(use.name, known));
    }
    used.insert(use.name);
  }
  std::erase_if(known, [&](const std::string& name) { return !used.contains(name); });
  return known;
}

// What the bound plan truly reads, whatever the text hides behind WITH names and macros.
class NameReader {
 public:
  NameReader(const std::vector<std::string>& known, Refusals& refusals)
      : known_(known), refusals_(refusals) {}

  Result<void> read(const JsonValue& value) {
    if (value["type"].text() == "LOGICAL_GET") OK_OR_RETURN(take_scan(value));
    if (value["expression_class"].text() == "BOUND_FUNCTION") OK_OR_RETURN(take_call(value));
    for (const JsonValue& element : value.array()) OK_OR_RETURN(read(element));
    for (const auto& [name, member] : value.object()) OK_OR_RETURN(read(member));
    return {};
  }

  std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }

 private:
  Result<void> take_scan(const JsonValue& get) {
    const std::string& function = get["name"].text();
    const std::string& table = get["function_data"]["table"].text();
    if (function == "seq_scan" && std::ranges::find(known_, table) != known_.end()) {
      names_.insert(table);
      return {};
    }
    if (function != "seq_scan" && is_safe_table_function(function)) return {};
    const std::string& what = table.empty() ? function : table;
    return refusals_.at_word(what, what + " is not for queries: read a table or a source");
  }

  Result<void> take_call(const JsonValue& call) {
    const auto why = refusal_in_query(lower(call["name"].text()));
    if (!why) return {};
    return refusals_.at(call["query_location"].unsigned_integer(), *why);
  }

  const std::vector<std::string>& known_;
  Refusals& refusals_;
  std::set<std::string> names_;
};

// The names of `known` that `plans`, serialised ones, scan. A scan of anything else, and a call of
// a function that queries may not call, is refused.
Result<std::vector<std::string>> bound_names(const JsonValue& plans,
                                             const std::vector<std::string>& known,
                                             Refusals& refusals) {
  NameReader reader(known, refusals);
  OK_OR_RETURN(reader.read(plans));
  return reader.names();
}

// DuckDB looks for what might be meant among all names that it ever had.
std::string without_names(const std::string& message, const std::vector<std::string>& known) {
  constexpr std::string_view table = "Table with name ";
  if (message.starts_with(table)) {
    const std::string name =
        message.substr(table.size(), message.find(" does not exist") - table.size());
    return "there is no table or source \"" + name + "\"" + did_you_mean(name, known);
  }
  if (message.find("Function with name ") != std::string::npos) return message;
  return message.substr(0, message.find("\nDid you mean "));
}

Result<JsonValue> bound_plans(engine::Connection& connection, const TypedText& typed,
                              const std::vector<std::string>& known, Refusals& refusals) {
  const std::string call =
      "json_serialize_plan(" + engine::quote_text(typed.text) + ", optimize := false)";
  TRY(JsonValue answer, serialize(connection, call));
  if (!answer["error"].boolean()) return answer;
  Refusals in_typed_text(typed.text);
  Error error = refuse_as_duckdb(answer, in_typed_text);
  for (const SqlMistake& mistake : std::move(in_typed_text).take()) {
    refusals.note(typed.original_offset(mistake.offset), without_names(mistake.message, known));
  }
  return error;
}

Result<std::shared_ptr<const Schema>> result_schema(engine::Connection& connection,
                                                    const std::string& text, Refusals& refusals) {
  TRY(const std::unique_ptr<engine::Statement> statement, connection.prepare(text));
  std::set<std::string> taken;
  for (const Field& column : statement->schema()->columns) {
    if (taken.insert(column.name).second) continue;
    refusals.note_at_word(column.name, "two columns are named \"" + column.name +
                                           "\": give one another name with AS");
  }
  return statement->schema();
}

Result<JsonValue> parse(engine::Connection& connection, Refusals& refusals) {
  OK_OR_RETURN(refuse_long_conditions(refusals));
  return parse_select(connection, refusals);
}

std::vector<SqlMistake> mistakes_of(Refusals refusals, const Error& error) {
  // What no one could place is said of the whole text.
  if (refusals.empty()) refusals.note(0, error.message);
  return std::move(refusals).take();
}

// Files and names with a dot stand for nothing that anyone may read, and are refused as such.
std::optional<std::string> first_denied(const SqlUses& uses, const MayRead& may_read) {
  for (const Use& use : uses.tables) {
    const bool is_a_name = use.name.find('.') == std::string::npos && !refusal_of_file(use.name);
    if (is_a_name && !may_read(lower(use.name))) return lower(use.name);
  }
  return std::nullopt;
}

}  // namespace

Result<QueryChecker> QueryChecker::open(const std::vector<Readable>& names) {
  TRY(std::shared_ptr<engine::Database> database, engine::Database::open({}));
  TRY(std::unique_ptr<engine::Connection> connection, database->connect());
  // The zone decides where windows begin, not what they read.
  std::string script = batch_macros("UTC");
  std::map<std::string, std::size_t> widths;
  for (const Readable& readable : names) {
    script += empty_table(readable);
    widths[readable.name] = readable.schema->columns.size();
  }
  OK_OR_RETURN(connection->run(script));
  return QueryChecker(std::move(widths), std::move(database), std::move(connection));
}

Result<CheckedQuery> QueryChecker::bind(const JsonValue& statement, const Widths& widths,
                                        const std::vector<Field>& parameters, Refusals& refusals) {
  const SqlUses uses = uses_of(statement);
  std::vector<std::string> names;
  for (const auto& [name, width] : widths) names.push_back(name);
  refuse_bulk(statement, widths, refusals);
  refuse_uses(uses, refusals);
  refuse_tables(uses, names, refusals);
  CheckedQuery checked;
  checked.parameters = used_parameters(uses, parameters, refusals);
  if (!refusals.empty()) return Error{Fault::invalid, "refused"};
  const TypedText typed = with_typed_parameters(refusals.sql(), parameters);
  TRY(const JsonValue answer, bound_plans(*connection_, typed, names, refusals));
  TRY(checked.reads, bound_names(answer["plans"], names, refusals));
  TRY(checked.result, result_schema(*connection_, typed.text, refusals));
  // Only the table itself has row numbers.
  const bool reads_rowid =
      std::ranges::find(uses.columns, "rowid", &Use::name) != uses.columns.end();
  if (!reads_rowid) {
    checked.conditions = find_conditions(answer["plans"], typed, refusals.sql());
  }
  return checked;
}

QueryCheck QueryChecker::check(std::string_view sql, const std::vector<Field>& parameters) {
  Refusals refusals(sql);
  const auto checked = [&]() -> Result<CheckedQuery> {
    TRY(const JsonValue statement, parse(*connection_, refusals));
    return bind(statement, widths_, parameters, refusals);
  }();
  if (checked.ok() && refusals.empty()) return checked.value();
  return mistakes_of(std::move(refusals), checked.ok() ? Error{} : checked.error());
}

AskersCheck QueryChecker::check_for(const MayRead& may_read, std::string_view sql) {
  Refusals refusals(sql);
  const auto statement = parse(*connection_, refusals);
  if (!statement.ok()) return mistakes_of(std::move(refusals), statement.error());
  const SqlUses uses = uses_of(statement.value());
  if (auto name = first_denied(uses, may_read)) return NameDenied{*std::move(name)};
  const auto may_be_bound = [&](const std::string& name) {
    return uses.has_computed_table ||
           std::ranges::find(uses.with_names, name) != uses.with_names.end();
  };
  Widths widths;
  std::vector<std::string> hidden;
  for (const auto& [name, width] : widths_) {
    if (may_read(name)) {
      widths[name] = width;
    } else if (may_be_bound(name)) {
      hidden.push_back(name);
    }
  }
  const auto checked = [&]() -> Result<CheckedQuery> {
    OK_OR_RETURN(hide(hidden));
    return bind(statement.value(), widths, {}, refusals);
  }();
  if (checked.ok() && refusals.empty()) return checked.value();
  return mistakes_of(std::move(refusals), checked.ok() ? Error{} : checked.error());
}

// Which tables a WITH name and a window over an expression stand for is known only when they are
// bound, and then told of: what is not there is not.
Result<void> QueryChecker::hide(const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string script;
  for (const std::string& name : names) script += "DROP TABLE " + engine::quote_name(name) + ";";
  OK_OR_RETURN(connection_->run("BEGIN"));
  is_hiding_ = true;
  return connection_->run(script);
}

Result<void> QueryChecker::show_all() {
  if (!is_hiding_) return {};
  OK_OR_RETURN(connection_->run("ROLLBACK"));
  is_hiding_ = false;
  return {};
}

QueryCheck check_query(std::string_view sql, const std::vector<Readable>& names,
                       const std::vector<Field>& parameters) {
  Result<QueryChecker> opened = QueryChecker::open(names);
  if (!opened.ok()) return std::vector<SqlMistake>{{opened.error().message, 0}};
  QueryChecker checker = std::move(opened).value();
  return checker.check(sql, parameters);
}

}  // namespace weir::sql
