// Checks a batch query before it runs: one SELECT, over names that are known, with functions that
// only compute.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sql/plan.h"

namespace weir::sql {

struct CheckedQuery {
  // Names of tables, static tables and sources that it reads; `late('s')` as "late(s)",
  // `quarantine('s')` as "quarantine(s)".
  std::vector<std::string> reads;
  std::shared_ptr<const Schema> result;
};

// `parameters` are what `$name` may stand for. In batch, tumble and hop read tables.
std::variant<CheckedQuery, std::vector<SqlMistake>> check_query(
    std::string_view sql, const std::vector<Readable>& names, const std::vector<Field>& parameters);

}  // namespace weir::sql
