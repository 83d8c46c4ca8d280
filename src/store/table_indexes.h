// What the tables' indexes are to keep, and how they are made from the tables' rows.
#pragma once

#include <filesystem>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "index/ordered_indexes.h"
#include "store/table_spec.h"

namespace weir::store {

// Where a store in `folder` keeps them.
inline std::filesystem::path index_file(const std::filesystem::path& folder) {
  return folder / "indexes.sqlite";
}

// Of the tables that have indexes.
std::vector<index::IndexedTable> indexed_tables(const std::vector<TableSpec>& tables);

// Fills the table's indexes from its rows, which are those of everything before `place`. What a
// crash leaves of that is not taken for whole.
Result<void> put_anew(index::OrderedIndexes& indexes, engine::Connection& connection,
                      const TableSpec& table, const index::IndexPlace& place);

}  // namespace weir::store
