// Reads rows out of the index file, over a connection of its own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/batch.h"
#include "core/result.h"
#include "index/choice.h"
#include "index/indexed_table.h"
#include "index/row_query.h"
#include "sqlite/file.h"

namespace weir::index {

// Beyond so many rows looked at for one query the engine, which reads columns, does it better.
constexpr std::size_t scanned_max = 50'000;

// What a query found.
struct FoundRows {
  std::shared_ptr<const Batch> rows;  // with all columns, in the order that was asked for
  std::size_t scanned = 0;
};

// Used by one thread at a time.
class TableReader {
 public:
  static Result<std::unique_ptr<TableReader>> open(const std::filesystem::path& path);

  // Nothing: more than scanned_max rows would have to be looked at.
  Result<std::optional<FoundRows>> read(const IndexedTable& table, const RowQuery& query,
                                        const Choice& choice);

 private:
  explicit TableReader(std::unique_ptr<sqlite::File> file) : file_(std::move(file)) {}
  Result<sqlite::Statement*> statement(const IndexedTable& table, const Choice& choice);

  std::unique_ptr<sqlite::File> file_;
  std::map<std::string, sqlite::Statement> statements_;  // by their SQL
};

}  // namespace weir::index
