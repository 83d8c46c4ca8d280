#include "sql/conditions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sql/bound_type.h"
#include "sql/expression.h"
#include "sql/literal.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

// "5 < a" is "a > 5".
std::string turned(const std::string& sign) {
  static const std::map<std::string, std::string> signs{
      {"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}};
  const auto found = signs.find(sign);
  return found == signs.end() ? sign : found->second;
}

class ConditionReader {
 public:
  ConditionReader(const TypedText& typed, std::string_view original)
      : typed_(typed), original_(original) {}

  void read(const JsonValue& value) {
    if (value["type"].text() == "LOGICAL_GET") ++scans_[value["function_data"]["table"].text()];
    const auto& children = value["children"].array();
    const bool filters_scan = value["type"].text() == "LOGICAL_FILTER" && children.size() == 1 &&
                              children.front()["type"].text() == "LOGICAL_GET";
    if (filters_scan) read_filter(value["expressions"].array(), children.front());
    for (const JsonValue& element : value.array()) read(element);
    for (const auto& [name, member] : value.object()) read(member);
  }

  // Another scan of the table may need other rows.
  std::vector<TableConditions> take() && {
    std::erase_if(found_, [&](const TableConditions& one) { return scans_[one.table] != 1; });
    return std::move(found_);
  }

 private:
  void read_filter(const JsonValue::Array& expressions, const JsonValue& get) {
    get_ = &get;
    values_ = 0;
    TableConditions table{get["function_data"]["table"].text(), {}};
    for (const JsonValue& expression : expressions) take(expression, table.conditions);
    if (!table.table.empty() && !table.conditions.empty()) found_.push_back(std::move(table));
  }

  void take(const JsonValue& expression, std::vector<ColumnCondition>& all) {
    const std::string& kind = expression["expression_class"].text();
    const auto& children = expression["children"].array();
    if (kind == "BOUND_CONJUNCTION" && expression["type"].text() == "CONJUNCTION_AND") {
      for (const JsonValue& child : children) take(child, all);
    } else if (kind == "BOUND_COMPARISON") {
      take_comparison(expression, all);
    } else if (kind == "BOUND_BETWEEN") {
      const bool lower = expression["lower_inclusive"].boolean();
      const bool upper = expression["upper_inclusive"].boolean();
      add(expression["input"], lower ? ">=" : ">", {&expression["lower"]}, all);
      add(expression["input"], upper ? "<=" : "<", {&expression["upper"]}, all);
    } else if (expression["type"].text() == "COMPARE_IN" && children.size() > 1 &&
               children.size() - 1 <= condition_values_max) {
      std::vector<const JsonValue*> values;
      for (std::size_t i = 1; i < children.size(); ++i) values.push_back(&children[i]);
      add(children.front(), "IN", values, all);
    }
  }

  void take_comparison(const JsonValue& expression, std::vector<ColumnCondition>& all) {
    const std::string sign = comparison_sign(expression["type"].text());
    if (sign != "=" && !sign.starts_with('<') && !sign.starts_with('>')) return;
    if (sign == "<>") return;
    add(expression["left"], sign, {&expression["right"]}, all);
    add(expression["right"], turned(sign), {&expression["left"]}, all);
  }

  // Nothing unless the one is a column of the scan and the others are constants.
  void add(const JsonValue& column, const std::string& sign,
           const std::vector<const JsonValue*>& values, std::vector<ColumnCondition>& all) {
    const auto& columns = (*get_)["column_indexes"].array();
    const std::size_t place = column["index"].unsigned_integer();
    if (column["expression_class"].text() != "BOUND_REF" || place >= columns.size()) return;
    if (values_ + values.size() > condition_values_max) return;
    ColumnCondition condition{columns[place]["index"].unsigned_integer(), sign, {}};
    for (const JsonValue* value : values) {
      auto text = constant(*value);
      if (!text) return;
      condition.values.push_back(std::move(*text));
    }
    values_ += condition.values.size();
    all.push_back(std::move(condition));
  }

  // A constant or a parameter, behind any casts.
  std::optional<std::string> constant(const JsonValue& expression) const {
    const std::string& kind = expression["expression_class"].text();
    if (kind == "BOUND_CAST") {
      const auto inner = constant(expression["child"]);
      if (!inner || expression["try_cast"].boolean()) return std::nullopt;
      return "CAST(" + *inner + " AS " + type_text(expression["return_type"]) + ")";
    }
    if (kind != "BOUND_CONSTANT") return std::nullopt;
    const std::size_t at = expression["query_location"].unsigned_integer();
    for (const TypedText::Place& place : typed_.places) {
      if (at < place.typed_start || at >= place.typed_end) continue;
      return std::string(
          original_.substr(place.original_start, place.original_end - place.original_start));
    }
    return literal_text(expression["value"]);
  }

  const TypedText& typed_;
  const std::string_view original_;
  const JsonValue* get_ = nullptr;
  std::size_t values_ = 0;  // of the scan's conditions
  std::map<std::string, int> scans_;
  std::vector<TableConditions> found_;
};

}  // namespace

std::vector<TableConditions> find_conditions(const JsonValue& plans, const TypedText& typed,
                                             std::string_view original) {
  ConditionReader reader(typed, original);
  reader.read(plans);
  return std::move(reader).take();
}

}  // namespace weir::sql
