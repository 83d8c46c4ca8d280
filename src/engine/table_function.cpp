#include "engine/table_function.h"

#include <utility>

#include "bounds/statement_bounds.h"
#include "engine/failure.h"
#include "engine/handle.h"
#include "engine/logical_type.h"

namespace weir::engine {
namespace {

using Suspended = bounds::StatementBounds::Suspended;  // ours handles no refused allocation
using SharedSource = std::shared_ptr<const ChunkSource>;

template <class T>
void destroy(void* object) {
  delete static_cast<T*>(object);
}

void bind(duckdb_bind_info info) {
  const Suspended suspended;
  const auto& source = *static_cast<SharedSource*>(duckdb_bind_get_extra_info(info));
  for (const Field& column : source->schema().columns) {
    const LogicalType type = to_duckdb(column.type);
    duckdb_bind_add_result_column(info, column.name.c_str(), type.get());
  }
}

void init(duckdb_init_info info) {
  const Suspended suspended;
  const auto& source = *static_cast<SharedSource*>(duckdb_init_get_extra_info(info));
  std::vector<std::size_t> columns;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    columns.push_back(duckdb_init_get_column_index(info, i));
  }
  Result<std::unique_ptr<ChunkReader>> reader = source->open(std::move(columns));
  if (!reader.ok()) {
    return duckdb_init_set_error(info, callback_failure(reader.error()).c_str());
  }
  duckdb_init_set_max_threads(info, 1);
  duckdb_init_set_init_data(info, std::move(reader).value().release(), destroy<ChunkReader>);
}

void read(duckdb_function_info info, duckdb_data_chunk chunk) {
  const Suspended suspended;
  auto& reader = *static_cast<ChunkReader*>(duckdb_function_get_init_data(info));
  const Result<std::size_t> rows = reader.read(chunk);
  if (!rows.ok()) return duckdb_function_set_error(info, callback_failure(rows.error()).c_str());
  duckdb_data_chunk_set_size(chunk, rows.value());
}

}  // namespace

Result<void> add_table_function(duckdb_connection connection, const std::string& name,
                                SharedSource source) {
  const TableFunction function(duckdb_create_table_function());
  duckdb_table_function_set_name(function.get(), name.c_str());
  duckdb_table_function_set_extra_info(function.get(), new SharedSource(std::move(source)),
                                       destroy<SharedSource>);
  duckdb_table_function_set_bind(function.get(), bind);
  duckdb_table_function_set_init(function.get(), init);
  duckdb_table_function_set_function(function.get(), read);
  duckdb_table_function_supports_projection_pushdown(function.get(), true);
  if (duckdb_register_table_function(connection, function.get()) == DuckDBSuccess) return {};
  return Error{Fault::internal, "the engine cannot add the table function " + name};
}

}  // namespace weir::engine
