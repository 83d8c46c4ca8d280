#include "engine/duckdb_rows.h"

#include <limits>
#include <utility>

#include "bounds/statement_bounds.h"
#include "engine/failure.h"
#include "engine/handle.h"
#include "engine/logical_type.h"
#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

// Chunks of 2,048 rows are put together up to this many, to spread a batch's own cost.
constexpr std::size_t batch_rows_min = 8192;

}  // namespace

Result<std::unique_ptr<Rows>> DuckdbRows::execute(std::shared_ptr<ConnectionHandle> connection,
                                                  duckdb_prepared_statement prepared) {
  std::unique_ptr<DuckdbRows> rows(new DuckdbRows(std::move(connection)));
  duckdb_result* result = &rows->result_;
  const auto execute = [&] {
    const bounds::StatementBounds::Enforced enforced;
    return duckdb_execute_prepared(prepared, result);
  };
  if (execute() != DuckDBSuccess) {
    return failure(duckdb_result_error(result));
  }
  Schema schema;
  for (idx_t i = 0; i < duckdb_column_count(result); ++i) {
    const std::string name = duckdb_column_name(result, i);
    const LogicalType logical(duckdb_column_logical_type(result, i));
    TRY(Type type, from_duckdb(name, logical.get()));
    schema.columns.push_back({name, std::move(type)});
  }
  rows->schema_ = std::make_shared<const Schema>(std::move(schema));
  return std::unique_ptr<Rows>(std::move(rows));
}

DuckdbRows::~DuckdbRows() { duckdb_destroy_result(&result_); }

Result<std::unique_ptr<Batch>> DuckdbRows::fetch(std::size_t rows_min) {
  auto batch = std::make_unique<Batch>(schema_);
  while (batch->rows() < rows_min) {
    const DataChunk chunk(duckdb_fetch_chunk(result_));
    if (chunk == nullptr) break;
    const std::size_t rows = duckdb_data_chunk_get_size(chunk.get());
    if (rows == 0) break;
    for (std::size_t i = 0; i < batch->column_count(); ++i) {
      append_vector(batch->column(i), duckdb_data_chunk_get_vector(chunk.get(), i), rows);
    }
  }
  if (const char* message = duckdb_result_error(&result_)) return failure(message);
  return batch;
}

Result<std::shared_ptr<const Batch>> DuckdbRows::next() {
  TRY(std::unique_ptr<Batch> batch, fetch(batch_rows_min));
  if (batch->rows() == 0) return std::shared_ptr<const Batch>();
  return std::shared_ptr<const Batch>(std::move(batch));
}

Result<std::unique_ptr<Batch>> DuckdbRows::rest() {
  return fetch(std::numeric_limits<std::size_t>::max());
}

}  // namespace weir::engine
