#include "sql/expression.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/database.h"
#include "sql/bound_type.h"
#include "sql/literal.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

struct Sign {
  std::string_view type;
  std::string_view text;
};

constexpr auto comparison_signs = std::to_array<Sign>({
    {"COMPARE_EQUAL", "="},
    {"COMPARE_NOTEQUAL", "<>"},
    {"COMPARE_LESSTHAN", "<"},
    {"COMPARE_GREATERTHAN", ">"},
    {"COMPARE_LESSTHANOREQUALTO", "<="},
    {"COMPARE_GREATERTHANOREQUALTO", ">="},
    {"COMPARE_DISTINCT_FROM", "IS DISTINCT FROM"},
    {"COMPARE_NOT_DISTINCT_FROM", "IS NOT DISTINCT FROM"},
});

// What reads the clock, by what it is of the time of acceptance.
constexpr auto clock_types = std::to_array<Sign>({
    {"now", "TIMESTAMP WITH TIME ZONE"},
    {"get_current_timestamp", "TIMESTAMP WITH TIME ZONE"},
    {"transaction_timestamp", "TIMESTAMP WITH TIME ZONE"},
    {"current_localtimestamp", "TIMESTAMP"},
    {"current_date", "DATE"},
    {"today", "DATE"},
    {"get_current_time", "TIME WITH TIME ZONE"},
    {"current_localtime", "TIME"},
});

bool reads_clock(const JsonValue& call) {
  return std::ranges::find(clock_types, call["name"].text(), &Sign::type) != clock_types.end();
}

constexpr auto infix_operators = std::to_array<std::string_view>(
    {"+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*"});

bool is_infix(const JsonValue& call) {
  return call["is_operator"].boolean() && call["children"].array().size() == 2 &&
         std::ranges::find(infix_operators, call["name"].text()) != infix_operators.end();
}

std::string call_name(const std::string& name) {
  const bool plain = std::ranges::all_of(
      name, [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; });
  static constexpr auto grammar_words = std::to_array<std::string_view>(
      {"left", "right", "position", "row", "map", "trim", "substring", "contains", "xor"});
  const bool grammar = std::ranges::find(grammar_words, name) != grammar_words.end();
  return plain && !grammar ? name : engine::quote_name(name);
}

}  // namespace

std::string comparison_sign(const std::string& type) {
  const auto found = std::ranges::find(comparison_signs, type, &Sign::type);
  return found == comparison_signs.end() ? "" : std::string(found->text);
}

bool reads_row(const JsonValue& expression) {
  const std::string& kind = expression["expression_class"].text();
  if (kind == "BOUND_REF" || kind == "BOUND_COLUMN_REF") return true;
  if (kind == "BOUND_FUNCTION" && reads_clock(expression)) return true;
  const auto inside = [](const JsonValue& value) { return reads_row(value); };
  if (expression.is_array()) return std::ranges::any_of(expression.array(), inside);
  return std::ranges::any_of(expression.object(), [](const JsonValue::Member& member) {
    return member.first != "function_data" && reads_row(member.second);
  });
}

Error ExpressionPrinter::refuse(const Value& expression, const std::string& message) {
  return refusals_.at(expression["query_location"].unsigned_integer(), message);
}

Result<std::string> ExpressionPrinter::print(const Value& expression, const Texts& inputs) {
  const std::string& kind = expression["expression_class"].text();
  if (kind == "BOUND_REF") {
    const std::size_t index = expression["index"].unsigned_integer();
    if (index < inputs.size()) return inputs[index];
    return refuse(expression, "the engine's plan names a column that is not there");
  }
  if (kind == "BOUND_CONSTANT") {
    const auto text = literal_text(expression["value"]);
    if (text) return *text;
    return refuse(expression, "this constant cannot stand in a stream: cast it from text");
  }
  if (kind == "BOUND_FUNCTION") return function(expression, inputs);
  if (kind == "BOUND_CAST") return cast(expression, inputs);
  if (kind == "BOUND_COMPARISON") return comparison(expression, inputs);
  if (kind == "BOUND_CONJUNCTION") {
    const bool all = expression["type"].text() == "CONJUNCTION_AND";
    TRY(std::string terms,
        print_list(expression["children"].array(), inputs, all ? " AND " : " OR "));
    return "(" + terms + ")";
  }
  if (kind == "BOUND_OPERATOR") return operation(expression, inputs);
  if (kind == "BOUND_CASE") return case_text(expression, inputs);
  if (kind == "BOUND_BETWEEN") return between(expression, inputs);
  if (kind == "BOUND_PARAMETER") {
    return refuse(expression, "a stream has no parameters: write the value");
  }
  return refuse(expression, "a stream cannot evaluate this yet (" + kind + ")");
}

Result<std::string> ExpressionPrinter::print_list(const Value::Array& expressions,
                                                  const Texts& inputs,
                                                  const std::string& separator) {
  std::string text;
  for (const Value& expression : expressions) {
    TRY(std::string one, print(expression, inputs));
    if (&expression != &expressions.front()) text += separator;
    text += one;
  }
  return text;
}

Result<std::string> ExpressionPrinter::function(const Value& call, const Texts& inputs) {
  const std::string& name = call["name"].text();
  if (reads_clock(call)) return now_call(call);
  if (call["function_data"].has("lambda_expr")) return lambda_call(call, inputs);
  if (name == "struct_pack" || name == "struct_insert" || name == "union_value") {
    return named_fields(call, inputs);
  }
  if (name == "struct_update")
    return refuse(call, "write struct_pack(...) in place of struct_update");
  TRY(std::string text, plain_call(call, inputs));
  // DuckDB types decimal arithmetic by its operands, whose casts in the plan widen it once more.
  if (call["return_type"]["id"].text() == "DECIMAL") {
    return "CAST(" + text + " AS " + type_text(call["return_type"]) + ")";
  }
  return text;
}

Result<std::string> ExpressionPrinter::plain_call(const Value& call, const Texts& inputs) {
  const std::string& name = call["name"].text();
  if (name == "age" && call["children"].array().size() == 1) {
    return refuse(call, "age of one time reads the clock: write age(now()::timestamp, ...)");
  }
  if (is_infix(call)) {
    TRY(std::string terms, print_list(call["children"].array(), inputs, " " + name + " "));
    return "(" + terms + ")";
  }
  TRY(std::string arguments, print_list(call["children"].array(), inputs));
  return call_name(name) + "(" + arguments + ")";
}

// The fields' names are only in the type that is returned; those of struct_insert come last in it.
Result<std::string> ExpressionPrinter::named_fields(const Value& call, const Texts& inputs) {
  const Value& fields = call["return_type"]["type_info"]["child_types"];
  const auto& children = call["children"].array();
  const std::size_t unnamed = call["name"].text() == "struct_insert" ? 1 : 0;
  std::string text = call["name"].text() + "(";
  for (std::size_t i = 0; i < children.size(); ++i) {
    TRY(std::string value, print(children[i], inputs));
    const std::size_t field = fields.array().size() - children.size() + i;
    if (i > 0) text += ", ";
    if (i >= unnamed) text += engine::quote_name(fields.at(field)["first"].text()) + " := ";
    text += value;
  }
  return text + ")";
}

// Inside a lambda #0 ... are its parameters, the last one first, then what it captures, which the
// plan passes as further arguments.
Result<std::string> ExpressionPrinter::lambda_call(const Value& call, const Texts& inputs) {
  const Value& data = call["function_data"];
  const bool reduces = call["name"].text().ends_with("reduce");
  const std::size_t parameters = (reduces ? 2 : 1) + (data["has_index"].boolean() ? 1 : 0);
  const std::size_t plain = 1 + (data["has_initial"].boolean() ? 1 : 0);
  Texts inner;
  std::string names;
  for (std::size_t i = 0; i < parameters; ++i) {
    const std::string name = "x" + std::to_string(lambda_names_++);
    inner.insert(inner.begin(), name);
    names += (i > 0 ? ", " : "") + name;
  }
  std::vector<std::string> arguments;
  for (const Value& child : call["children"].array()) {
    TRY(std::string text, print(child, inputs));
    (arguments.size() < plain ? arguments : inner).push_back(std::move(text));
  }
  if (arguments.size() < plain) return refuse(call, "a lambda without what it works on");
  TRY(std::string body, print(data["lambda_expr"], inner));
  const std::string initial = plain > 1 ? ", " + arguments[1] : "";
  return call_name(call["name"].text()) + "(" + arguments[0] + ", lambda " + names + ": " + body +
         initial + ")";
}

Result<std::string> ExpressionPrinter::now_call(const Value& call) {
  if (now_.empty()) {
    return refuse(call,
                  "now() is a row's time of acceptance, which a group, a static table and a stream "
                  "that takes rows back have not: use it below the GROUP BY, or take max(now()) AS "
                  "seen where the rows are grouped, and read that");
  }
  const auto found = std::ranges::find(clock_types, call["name"].text(), &Sign::type);
  if (found->text == "TIMESTAMP WITH TIME ZONE") return now_;
  return "CAST(" + now_ + " AS " + std::string(found->text) + ")";
}

Result<std::string> ExpressionPrinter::operation(const Value& expression, const Texts& inputs) {
  const std::string& type = expression["type"].text();
  const auto& children = expression["children"].array();
  TRY(std::string first, print(expression["children"].at(0), inputs));
  if (type == "OPERATOR_NOT") return "(NOT " + first + ")";
  if (type == "OPERATOR_IS_NULL") return "(" + first + " IS NULL)";
  if (type == "OPERATOR_IS_NOT_NULL") return "(" + first + " IS NOT NULL)";
  if (type == "OPERATOR_TRY") return "TRY(" + first + ")";
  const Value::Array others(children.begin() + 1, children.end());
  TRY(std::string rest, print_list(others, inputs));
  if (type == "OPERATOR_COALESCE") {
    return "COALESCE(" + first + (rest.empty() ? "" : ", ") + rest + ")";
  }
  if (type == "COMPARE_IN") return "(" + first + " IN (" + rest + "))";
  if (type == "COMPARE_NOT_IN") return "(" + first + " NOT IN (" + rest + "))";
  return refuse(expression, "a stream cannot evaluate this yet (" + type + ")");
}

Result<std::string> ExpressionPrinter::comparison(const Value& expression, const Texts& inputs) {
  TRY(std::string left, print(expression["left"], inputs));
  TRY(std::string right, print(expression["right"], inputs));
  const std::string sign = comparison_sign(expression["type"].text());
  if (sign.empty()) return refuse(expression, "a stream cannot compare like this yet");
  return "(" + left + " " + sign + " " + right + ")";
}

Result<std::string> ExpressionPrinter::between(const Value& expression, const Texts& inputs) {
  TRY(std::string input, print(expression["input"], inputs));
  TRY(std::string lower, print(expression["lower"], inputs));
  TRY(std::string upper, print(expression["upper"], inputs));
  const char* above = expression["lower_inclusive"].boolean() ? " >= " : " > ";
  const char* below = expression["upper_inclusive"].boolean() ? " <= " : " < ";
  return "(" + input + above + lower + " AND " + input + below + upper + ")";
}

Result<std::string> ExpressionPrinter::case_text(const Value& expression, const Texts& inputs) {
  std::string text = "CASE";
  for (const Value& check : expression["case_checks"].array()) {
    TRY(std::string when, print(check["when_expr"], inputs));
    TRY(std::string then, print(check["then_expr"], inputs));
    text += " WHEN " + when + " THEN " + then;
  }
  TRY(std::string otherwise, print(expression["else_expr"], inputs));
  return text + " ELSE " + otherwise + " END";
}

Result<std::string> ExpressionPrinter::cast(const Value& expression, const Texts& inputs) {
  TRY(std::string child, print(expression["child"], inputs));
  const char* word = expression["try_cast"].boolean() ? "TRY_CAST(" : "CAST(";
  return word + child + " AS " + type_text(expression["return_type"]) + ")";
}

}  // namespace weir::sql
