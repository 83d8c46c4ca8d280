// Reads a data file of the user whole, as DuckDB finds its columns.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "engine/database.h"

namespace weir::engine {

struct FileRows {
  std::shared_ptr<const Schema> schema;
  std::vector<std::shared_ptr<const Batch>> batches;
};

// A .csv, .tsv, .json, .ndjson or .parquet file of up to 256 MB; Fault::invalid with words for any
// other.
Result<FileRows> read_file_rows(const std::filesystem::path& file);

// One value of the columns that stands in several rows, as text; nothing where all differ.
Result<std::optional<std::string>> find_repeated(const std::filesystem::path& file,
                                                 const std::vector<std::string>& columns);

}  // namespace weir::engine
