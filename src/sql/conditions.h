// What a query's WHERE holds of the columns of a table, read from the bound plan.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "formats/json_value.h"
#include "sql/sql_text.h"

namespace weir::sql {

// `column sign value`, true of every row that the query uses.
struct ColumnCondition {
  std::size_t column = 0;           // of the table
  std::string sign;                 // "=", "<", "<=", ">", ">=" or "IN"
  std::vector<std::string> values;  // constants and $parameters, as SQL; one but for IN
};

struct TableConditions {
  std::string table;
  std::vector<ColumnCondition> conditions;
};

// More values of one table than an index should be asked for: each is a place of its own to look
// at.
constexpr std::size_t condition_values_max = 1'000;

// Of the tables that are read once, and from which rows go straight into a filter. `typed` is what
// the plan was made of. A condition beyond condition_values_max of its table is left out, which may
// only make more rows be looked at.
std::vector<TableConditions> find_conditions(const formats::JsonValue& plans,
                                             const TypedText& typed, std::string_view original);

}  // namespace weir::sql
