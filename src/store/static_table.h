// A table whose rows stand in a file of the workspace: read whole at start.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "engine/database.h"

namespace weir::store {

struct StaticTable {
  std::string name;
  std::shared_ptr<const Schema> schema;  // as the engine finds it in the file
  std::vector<std::shared_ptr<const Batch>> batches;
};

// A .csv, .tsv, .json, .ndjson or .parquet file; Fault::invalid with words for any other.
Result<StaticTable> read_static_table(const std::string& name, const std::filesystem::path& file);

// Makes the table in `database`, in place of one of that name.
Result<void> put_static_table(engine::Database& database, const StaticTable& table);

}  // namespace weir::store
