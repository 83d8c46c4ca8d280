// What the tables' indexes are to keep, and how they are made from the tables' rows.
#pragma once

#include <filesystem>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "index/ordered_indexes.h"
#include "store/table_spec.h"
#include "store/table_store.h"

namespace weir::store {

// Where a store in `folder` keeps them.
inline std::filesystem::path index_file(const std::filesystem::path& folder) {
  return folder / "indexes.sqlite";
}

// Of the tables that have indexes.
std::vector<index::IndexedTable> indexed_tables(const std::vector<TableSpec>& tables);

// At most so much goes into the table's indexes with rows of so many bytes: the rows, and in each
// order their columns and key.
std::size_t index_bytes(const index::IndexedTable& table, std::size_t bytes);

// Fills the table's indexes from its rows, which are those of everything before `place`. What a
// crash leaves of that is not taken for whole.
Result<void> put_anew(const TableStore& store, engine::Connection& connection,
                      const TableSpec& table, const index::IndexPlace& place);

}  // namespace weir::store
