// A finished DuckDB result, handed out as our batches.
#pragma once

#include <duckdb.h>

#include <memory>

#include "engine/database.h"
#include "engine/handle.h"

namespace weir::engine {

class DuckdbRows final : public Rows {
 public:
  // Runs what is prepared and bound. Fault::invalid for a column type we do not keep.
  static Result<std::unique_ptr<Rows>> execute(std::shared_ptr<ConnectionHandle> connection,
                                               duckdb_prepared_statement prepared);
  ~DuckdbRows() override;
  DuckdbRows(const DuckdbRows&) = delete;
  DuckdbRows& operator=(const DuckdbRows&) = delete;

  const std::shared_ptr<const Schema>& schema() const override { return schema_; }
  Result<std::shared_ptr<const Batch>> next() override;
  // All rows that next() has not given, as one batch.
  Result<std::unique_ptr<Batch>> rest();

 private:
  explicit DuckdbRows(std::shared_ptr<ConnectionHandle> connection)
      : connection_(std::move(connection)) {}

  // The next rows, at least as many if there are; none at the end.
  Result<std::unique_ptr<Batch>> fetch(std::size_t rows_min);

  std::shared_ptr<ConnectionHandle> connection_;  // the rows are in its database's memory
  duckdb_result result_{};
  std::shared_ptr<const Schema> schema_;
};

}  // namespace weir::engine
