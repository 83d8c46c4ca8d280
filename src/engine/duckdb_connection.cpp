#include "engine/duckdb_connection.h"

#include <algorithm>

#include "engine/duckdb_rows.h"
#include "engine/duckdb_statement.h"
#include "engine/failure.h"
#include "engine/handle.h"
#include "engine/logical_type.h"
#include "engine/parameters.h"
#include "engine/vector_copy.h"

namespace weir::engine {
namespace {

DataChunk make_chunk(const Schema& schema) {
  std::vector<LogicalType> owned;
  std::vector<duckdb_logical_type> types;
  for (const Field& column : schema.columns) {
    owned.push_back(to_duckdb(column.type));
    types.push_back(owned.back().get());
  }
  return DataChunk(duckdb_create_data_chunk(types.data(), types.size()));
}

void fill(duckdb_data_chunk chunk, const Batch& batch, std::size_t first, std::size_t count) {
  duckdb_data_chunk_reset(chunk);
  for (std::size_t i = 0; i < batch.column_count(); ++i) {
    copy_to_vector(batch.column(i), first, count, duckdb_data_chunk_get_vector(chunk, i));
  }
  duckdb_data_chunk_set_size(chunk, count);
}

Error appender_failure(duckdb_appender appender) {
  duckdb_error_data data = duckdb_appender_error_data(appender);
  const Error error = failure(duckdb_error_data_message(data));
  duckdb_destroy_error_data(&data);
  return error;
}

// All rows, or none: what is left in a failed appender is dropped with it.
Result<void> append_all(duckdb_appender appender, const Batch& batch) {
  const DataChunk chunk = make_chunk(batch.schema());
  for (std::size_t row = 0; row < batch.rows();) {
    const std::size_t count = std::min<std::size_t>(batch.rows() - row, duckdb_vector_size());
    fill(chunk.get(), batch, row, count);
    if (duckdb_append_data_chunk(appender, chunk.get()) != DuckDBSuccess) {
      return appender_failure(appender);
    }
    row += count;
  }
  if (duckdb_appender_close(appender) != DuckDBSuccess) return appender_failure(appender);
  return {};
}

}  // namespace

Result<std::vector<std::string>> Connection::texts(const std::string& sql) {
  TRY(const auto rows, query(sql));
  std::vector<std::string> texts;
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) return texts;
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      texts.emplace_back(batch->column(0).string(row));
    }
  }
}

Result<std::uint64_t> Connection::count_rows(const std::string& table) {
  TRY(const auto rows, query("SELECT count(*) FROM main." + quote_name(table)));
  TRY(const auto batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  return static_cast<std::uint64_t>(batch->column(0).values<std::int64_t>().front());
}

Result<std::unique_ptr<DuckdbConnection>> DuckdbConnection::open(
    std::shared_ptr<Instance> instance) {
  std::unique_ptr<DuckdbConnection> opened(new DuckdbConnection(std::move(instance)));
  TRY([[maybe_unused]] const auto handle, opened->instance_->connect(*opened->footing_));
  return opened;
}

Result<void> DuckdbConnection::run(const std::string& sql) {
  TRY(const auto handle, instance_->connect(*footing_));
  duckdb_result result;
  const duckdb_state state = duckdb_query(handle->connection, sql.c_str(), &result);
  Result<void> done;
  if (state != DuckDBSuccess) done = failure(duckdb_result_error(&result));
  duckdb_destroy_result(&result);
  return done;
}

Result<std::unique_ptr<Rows>> DuckdbConnection::query(const std::string& sql,
                                                      const std::vector<Parameter>& parameters) {
  TRY(auto handle, instance_->connect(*footing_));
  TRY(const Prepared prepared, engine::prepare(handle->connection, sql));
  OK_OR_RETURN(bind_parameters(handle->connection, prepared.get(), parameters));
  return DuckdbRows::execute(std::move(handle), prepared.get());
}

Result<std::unique_ptr<Statement>> DuckdbConnection::prepare(const std::string& sql) {
  TRY(auto handle, instance_->connect(*footing_));
  return DuckdbStatement::prepare(std::move(handle), sql);
}

Result<void> DuckdbConnection::append(const std::string& table, const Batch& batch) {
  TRY(const auto handle, instance_->connect(*footing_));
  duckdb_appender made = nullptr;
  const duckdb_state state =
      duckdb_appender_create_ext(handle->connection, nullptr, nullptr, table.c_str(), &made);
  const Appender appender(made);
  if (state != DuckDBSuccess) return appender_failure(made);
  Result<void> done = append_all(made, batch);
  if (!done.ok()) duckdb_appender_clear(made);
  return done;
}

void DuckdbConnection::interrupt() {
  std::shared_ptr<ConnectionHandle> handle;
  {
    const std::lock_guard lock(footing_->mutex);
    handle = footing_->handle;
  }
  if (handle != nullptr) duckdb_interrupt(handle->connection);
}

}  // namespace weir::engine
