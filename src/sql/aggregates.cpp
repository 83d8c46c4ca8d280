#include "sql/aggregates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/database.h"
#include "sql/bound_type.h"
#include "sql/literal.h"

namespace weir::sql {
namespace {

using formats::JsonValue;

struct AlgebraName {
  std::string_view name;
  Algebra algebra;
};

constexpr auto algebra_names = std::to_array<AlgebraName>({
    {"count_star", Algebra::count_rows},
    {"count", Algebra::count},
    {"sum", Algebra::sum},
    {"avg", Algebra::avg},
    {"mean", Algebra::avg},
    {"min", Algebra::min},
    {"max", Algebra::max},
});

// Whether process can tell the larger of two values.
bool is_ordered(const Type& type) {
  return type.children.empty() && type.id != TypeId::interval && type.id != TypeId::uhugeint;
}

bool is_number(const Type& type) {
  return type.id >= TypeId::tinyint && type.id <= TypeId::decimal;
}

// Of what the argument's type allows; sums and averages of times and the like come from the bag.
Algebra algebra_of(const JsonValue& call, const Type& argument, const Type& result,
                   bool append_only) {
  const auto found = std::ranges::find(algebra_names, call["name"].text(), &AlgebraName::name);
  if (found == algebra_names.end() || call["children"].array().size() > 1) return Algebra::none;
  if (call["aggregate_type"].text() == "DISTINCT") return Algebra::none;
  if (call["order_bys"].is_object()) return Algebra::none;
  switch (found->algebra) {
    case Algebra::count_rows:
    case Algebra::count: return found->algebra;
    case Algebra::min:
    case Algebra::max:
      // A row taken back may have been the least: only the bag knows the next one.
      return !is_ordered(result) || !append_only ? Algebra::none : found->algebra;
    default: break;
  }
  const bool inexact = argument.id == TypeId::real || argument.id == TypeId::double_precision;
  if (inexact && !append_only) return Algebra::none;
  const bool summable = is_number(argument) || argument.id == TypeId::boolean;
  return summable ? found->algebra : Algebra::none;
}

// The arguments of one call as texts over the bag: c1 ... for what is read from the rows.
class BagCall {
 public:
  BagCall(Compilation& compilation, const PlanRelation& input, GroupArguments& arguments)
      : compilation_(compilation), input_(input), arguments_(arguments) {}

  Result<std::string> argument(const JsonValue& expression) {
    TRY(std::string text, compilation_.print(expression, input_));
    if (!reads_row(expression)) return text;
    const std::size_t column =
        arguments_.add(text, type_of(expression), expression["alias"].text());
    columns_.insert(column);
    return "c" + std::to_string(1 + column);
  }

  Result<std::string> call(const JsonValue& call) {
    std::string inside;
    for (const JsonValue& child : call["children"].array()) {
      TRY(const std::string text, argument(child));
      inside += (inside.empty() ? "" : ", ") + text;
    }
    TRY(const std::string constants, constants_text(call));
    TRY(const std::string order, order_text(call, inside));
    const bool distinct = call["aggregate_type"].text() == "DISTINCT";
    const std::string& name = call["name"].text();
    if (name == "count_star") return std::string("count(*)");
    return engine::quote_name(name) + "(" + (distinct ? "DISTINCT " : "") + inside + constants +
           order + ")";
  }
  // Those that were read.
  const std::set<std::size_t>& columns() const { return columns_; }

 private:
  // Arguments that DuckDB takes out of the call when it binds it.
  Result<std::string> constants_text(const JsonValue& call) {
    const std::string& name = call["name"].text();
    const JsonValue& data = call["function_data"];
    if (data.has("separator")) return ", " + engine::quote_text(data["separator"].text());
    if (!data.has("quantiles") || name == "median") return std::string();
    std::string values;
    for (const JsonValue& quantile : data["quantiles"].array()) {
      const std::string value = quantile.is_object()
                                    ? literal_text(quantile).value_or("NULL")
                                    : fmt::format("CAST({} AS FLOAT)", quantile.number());
      values += (values.empty() ? "" : ", ") + value;
    }
    const auto& declared = call["original_arguments"].array();
    const bool is_list = declared.size() > 1 && declared[1]["id"].text() == "LIST";
    return is_list ? ", [" + values + "]" : ", " + values;
  }

  Result<std::string> order_text(const JsonValue& call, const std::string& first) {
    if (call["function_data"]["desc"].boolean()) return " ORDER BY " + first + " DESC";
    std::string text;
    for (const JsonValue& order : call["order_bys"]["orders"].array()) {
      TRY(const std::string by, argument(order["expression"]));
      const bool descending = order["type"].text() == "DESCENDING";
      const bool nulls_first = order["null_order"].text() == "NULLS FIRST";
      text += (text.empty() ? " ORDER BY " : ", ") + by + (descending ? " DESC" : " ASC") +
              (nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    return text;
  }

  Compilation& compilation_;
  const PlanRelation& input_;
  GroupArguments& arguments_;
  std::set<std::size_t> columns_;
};

bool is_of_set(const JsonValue& call) {
  if (call["order_bys"].is_object()) return false;
  return call["aggregate_type"].text() == "DISTINCT" ||
         call["name"].text() == "approx_count_distinct";
}

// The argument of a sum as process adds it: a boolean counts as a number.
std::string summed_type(Algebra algebra, const std::string& type) {
  const bool adds = algebra == Algebra::sum || algebra == Algebra::avg;
  return adds && type == "BOOLEAN" ? "INTEGER" : adds && type == "FLOAT" ? "DOUBLE" : type;
}

}  // namespace

std::size_t GroupArguments::add(const std::string& text, const std::string& type,
                                const std::string& name) {
  const auto found = std::ranges::find_if(columns_, [&](const KernelColumn& column) {
    return column.text == text && column.type == type;
  });
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  columns_.push_back({text, type, name});
  return columns_.size() - 1;
}

Result<LoweredAggregate> lower_aggregate(Compilation& compilation, const JsonValue& call,
                                         const PlanRelation& input, GroupArguments& arguments) {
  const std::string& name = call["name"].text();
  const std::string type = type_of(call);
  auto result = parse_type(type);
  if (!result.ok()) {
    return compilation.refusals.at_word(
        name, name + "() gives " + type + ", which cannot be kept: write another aggregate");
  }
  LoweredAggregate lowered;
  lowered.aggregate.name = name == "count_star" ? "count" : name;
  lowered.aggregate.type = std::move(result).value();
  if (call["filter"].is_object()) {
    TRY(const std::string filter, compilation.print(call["filter"], input));
    lowered.aggregate.filter = arguments.add(filter, "BOOLEAN", "filter");
  }
  const JsonValue& value = call["children"].at(0);
  const std::string argument_type = value.is_null() ? "" : type_of(value);
  const auto argument = parse_type(argument_type);
  const Algebra algebra = algebra_of(call, argument.ok() ? argument.value() : Type{},
                                     lowered.aggregate.type, input.node->append_only);
  lowered.aggregate.algebra = algebra;
  if (algebra == Algebra::none) {
    BagCall bag(compilation, input, arguments);
    TRY(lowered.bag_text, bag.call(call));
    lowered.bag_columns = bag.columns();
    lowered.is_of_set = is_of_set(call);
    if (lowered.aggregate.filter) {
      lowered.bag_columns.insert(*lowered.aggregate.filter);
      lowered.bag_text += " FILTER (WHERE c" + std::to_string(1 + *lowered.aggregate.filter) + ")";
    }
    lowered.bag_text = "CAST(" + lowered.bag_text + " AS " + type + ")";
  } else if (algebra != Algebra::count_rows) {
    TRY(std::string text, compilation.print(value, input));
    const std::string summed = summed_type(algebra, argument_type);
    if (summed != argument_type) text = "CAST(" + text + " AS " + summed + ")";
    lowered.aggregate.argument = arguments.add(text, summed, value["alias"].text());
  }
  return lowered;
}

}  // namespace weir::sql
