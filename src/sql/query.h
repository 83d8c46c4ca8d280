// Checks a batch query before it runs: one SELECT, over names that are known, with functions that
// only compute.
#pragma once

#include <cstddef>
#include <functional>
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

// The first name of a text that the asker may not read, in lower case, whether there is such a name
// or not.
struct NameDenied {
  std::string name;
};
using AskersCheck = std::variant<CheckedQuery, std::vector<SqlMistake>, NameDenied>;
// Of names in lower case, also of those that are none.
using MayRead = std::function<bool(const std::string& name)>;

// Checks many queries over the same names. Owned by one thread.
class QueryChecker {
 public:
  // `names`: late and quarantined rows are named as in CheckedQuery::reads.
  static Result<QueryChecker> open(const std::vector<Readable>& names);
  // `parameters` are what `$name` may stand for. In batch, tumble and hop read tables.
  QueryCheck check(std::string_view sql, const std::vector<Field>& parameters);
  // Of an asker who may not read all names: nothing of the others reaches the answer, as they are
  // taken away before the text is bound. show_all() has to follow.
  AskersCheck check_for(const MayRead& may_read, std::string_view sql);
  // Puts back what was taken away; nothing where all is there.
  Result<void> show_all();
  // For interrupting a check that takes long; it then answers with a mistake.
  engine::Connection& connection() { return *connection_; }

 private:
  using Widths = std::map<std::string, std::size_t>;

  QueryChecker(Widths widths, std::shared_ptr<engine::Database> database,
               std::unique_ptr<engine::Connection> connection)
      : widths_(std::move(widths)),
        database_(std::move(database)),
        connection_(std::move(connection)) {}

  Result<CheckedQuery> bind(const formats::JsonValue& statement, const Widths& widths,
                            const std::vector<Field>& parameters, Refusals& refusals);
  Result<void> hide(const std::vector<std::string>& names);

  bool is_hiding_ = false;
  Widths widths_;  // of what may be read: its columns
  std::shared_ptr<engine::Database> database_;
  std::unique_ptr<engine::Connection> connection_;
};

// One check of one query.
QueryCheck check_query(std::string_view sql, const std::vector<Readable>& names,
                       const std::vector<Field>& parameters);

}  // namespace weir::sql
