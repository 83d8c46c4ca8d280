// How large a query's text becomes when it is bound. A `*` of a subquery that has two of its own
// doubles its columns; DuckDB neither interrupts binding nor counts its memory, so what grows
// beyond all bounds is refused before.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "formats/json_value.h"

namespace weir::sql {

struct QueryBulk {
  std::size_t columns = 0;  // of the widest SELECT in it, with every `*` written out
  std::size_t lambdas = 0;  // within one another; each level doubles the work
  std::size_t selects = 0;
};

// Of a statement of json_serialize_sql; `widths` are the columns of tables by name in lower case.
// An upper bound; no larger than bulk_columns_max and one.
QueryBulk bulk_of(const formats::JsonValue& statement,
                  const std::map<std::string, std::size_t>& widths);

inline constexpr std::size_t bulk_columns_max = 20'000;
inline constexpr std::size_t bulk_lambdas_max = 8;
inline constexpr std::size_t bulk_selects_max = 1'000;

}  // namespace weir::sql
