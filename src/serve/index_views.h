// Lets SQL read the rows of an index in place of a whole table: a view of the table's name, seen by
// one connection, over the rows that the WHERE can want.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "index/ordered_indexes.h"
#include "sql/conditions.h"

namespace weir::serve {

// How one table of a query is read.
struct TableRead {
  std::string table;
  std::vector<std::string> index;  // columns; empty: the whole table is read
  std::size_t bound = 0;           // of those, the leading ones that are held to values
  std::string ranges;              // "user_id = 7, event_time >= '2024-05-01'"
  std::size_t scanned = 0;         // rows of the index; unknown where the whole table is read
  // An index that would serve, but for too many rows: more than index::scanned_max.
  std::vector<std::string> passed_over;
  std::vector<std::string> helpful;  // columns of an index that would serve, and is not there
};

// Those to look rows up by: held to a value first, then one that is held to a range.
std::vector<std::string> helpful_columns(const std::vector<sql::ColumnCondition>& conditions,
                                         const Schema& schema);

// Of one worker and its connection.
class IndexViews {
 public:
  // `indexes` null: no table has one.
  IndexViews(std::shared_ptr<engine::Database> database, engine::Connection& connection,
             const index::OrderedIndexes* indexes);
  ~IndexViews();
  IndexViews(const IndexViews&) = delete;

  // Until take_away(), a query on the connection reads the rows of these views. The whole WHERE is
  // still to be evaluated. Fault::invalid where a value of the conditions cannot be read: the query
  // will say so itself.
  Result<std::vector<TableRead>> put(const std::vector<sql::TableConditions>& tables,
                                     const std::vector<engine::Parameter>& parameters);
  // A view that could not be dropped is empty, and is tried again by the next call.
  Result<void> take_away();
  // What put() would do for such conditions, whatever their values are.
  std::vector<TableRead> plan(const std::vector<sql::TableConditions>& tables) const;

 private:
  class HeldRows;

  Result<TableRead> put_one(const sql::TableConditions& conditions,
                            const std::vector<engine::Parameter>& parameters);
  Result<void> show(const index::IndexedTable& table, std::shared_ptr<const Batch> rows);

  const std::shared_ptr<engine::Database> database_;
  engine::Connection& connection_;
  const index::OrderedIndexes* const indexes_;
  std::map<std::string, std::shared_ptr<HeldRows>> held_;  // by table
  std::map<std::string, std::string> functions_;           // that give them, by table
  std::vector<std::string> shown_;
};

}  // namespace weir::serve
