// What the tables' indexes are to keep, and how they are made from the tables' rows.
#pragma once

#include <filesystem>
#include <vector>

#include "index/indexed_table.h"
#include "store/table_spec.h"

namespace weir::store {

// Where a store in `folder` keeps them.
inline std::filesystem::path index_file(const std::filesystem::path& folder) {
  return folder / "indexes.sqlite";
}

// Of the tables that have indexes.
std::vector<index::IndexedTable> indexed_tables(const std::vector<TableSpec>& tables);

}  // namespace weir::store
