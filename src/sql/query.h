// Checks a batch query before it runs: one SELECT, over names that are known, with functions that
// only compute.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/database.h"
#include "sql/conditions.h"
#include "sql/plan.h"

namespace weir::sql {

struct CheckedQuery {
  // Names of tables, static tables and sources that it reads, each once; `late('s')` as "late(s)",
  // `quarantine('s')` as "quarantine(s)". Taken from the bound plan, so nothing read is missing.
  std::vector<std::string> reads;
  std::vector<std::string> parameters;  // those of the declared that it uses
  std::shared_ptr<const Schema> result;
  std::vector<TableConditions> conditions;
};

using QueryCheck = std::variant<CheckedQuery, std::vector<SqlMistake>>;

// Checks many queries over the same names. Owned by one thread.
class QueryChecker {
 public:
  // `names`: late and quarantined rows are named as in CheckedQuery::reads.
  static Result<QueryChecker> open(const std::vector<Readable>& names);
  // `parameters` are what `$name` may stand for. In batch, tumble and hop read tables.
  QueryCheck check(std::string_view sql, const std::vector<Field>& parameters);
  // For interrupting a check that takes long; it then answers with a mistake.
  engine::Connection& connection() { return *connection_; }

 private:
  QueryChecker(std::map<std::string, std::size_t> widths,
               std::shared_ptr<engine::Database> database,
               std::unique_ptr<engine::Connection> connection)
      : widths_(std::move(widths)),
        database_(std::move(database)),
        connection_(std::move(connection)) {}

  std::map<std::string, std::size_t> widths_;  // of what may be read: its columns
  std::shared_ptr<engine::Database> database_;
  std::unique_ptr<engine::Connection> connection_;
};

// One check of one query.
QueryCheck check_query(std::string_view sql, const std::vector<Readable>& names,
                       const std::vector<Field>& parameters);

}  // namespace weir::sql
