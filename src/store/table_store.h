// The embedded tables: one DuckDB file that appliers write and the gateway reads.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "index/ordered_indexes.h"
#include "store/table_spec.h"
#include "telemetry/histogram.h"

namespace weir::store {

// Any thread may ask; only the applier's connection writes.
class TableStore {
 public:
  // Opens or makes `folder`/weir.duckdb with these tables. A new column is added to an existing
  // table (null in its old rows), and one that holds nothing but nulls may go again from the end;
  // any other difference is Fault::conflict, with what to do. A table that was put there from a
  // file goes where one of these has its name now.
  static Result<std::unique_ptr<TableStore>> open(const std::filesystem::path& folder,
                                                  std::vector<TableSpec> tables);

  // Those of these tables that open() would refuse, as it would, and those of the names
  // `from_files` under which results are stored.
  Result<std::vector<ChangedTable>> changed(const std::vector<TableSpec>& tables,
                                            const std::set<std::string>& from_files) const;
  // The same of a store that nobody has open. Only reads.
  static Result<std::vector<ChangedTable>> changed_in(const std::filesystem::path& folder,
                                                      const std::vector<TableSpec>& tables,
                                                      const std::set<std::string>& from_files);

  const std::vector<TableSpec>& tables() const { return tables_; }
  // Fault::unavailable: the disk has less room than these rows, with their indexes, may take.
  // DuckDB is not to find out by itself: where a checkpoint fails, it serves nothing any more.
  Result<void> check_room(std::size_t bytes, std::size_t index_bytes = 0) const;
  // From a stream's commit in the journal to its rows in a table, a count a commit.
  telemetry::Histogram& visible_seconds() { return visible_seconds_; }
  const std::filesystem::path& folder() const { return folder_; }
  const TableSpec* find(std::string_view table) const;
  // Of the tables that have some; null: none has.
  const std::shared_ptr<index::OrderedIndexes>& indexes() const { return indexes_; }
  const std::shared_ptr<engine::Database>& database() const { return database_; }

 private:
  TableStore(std::filesystem::path folder, std::shared_ptr<engine::Database> database,
             std::vector<TableSpec> tables);

  std::filesystem::path folder_;
  std::shared_ptr<engine::Database> database_;
  std::vector<TableSpec> tables_;
  std::shared_ptr<index::OrderedIndexes> indexes_;
  telemetry::Histogram visible_seconds_;
};

}  // namespace weir::store
