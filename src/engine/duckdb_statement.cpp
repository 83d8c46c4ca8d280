#include "engine/duckdb_statement.h"

#include "bounds/statement_bounds.h"
#include "engine/duckdb_rows.h"
#include "engine/failure.h"
#include "engine/logical_type.h"

namespace weir::engine {
namespace {

Result<Schema> result_schema(duckdb_prepared_statement prepared) {
  Schema schema;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared); ++i) {
    const Text name(const_cast<char*>(duckdb_prepared_statement_column_name(prepared, i)));
    const LogicalType logical(duckdb_prepared_statement_column_logical_type(prepared, i));
    TRY(Type type, from_duckdb(name.get(), logical.get()));
    schema.columns.push_back({name.get(), std::move(type)});
  }
  return schema;
}

}  // namespace

Result<Prepared> prepare(duckdb_connection connection, const std::string& sql) {
  duckdb_prepared_statement made = nullptr;
  const auto prepare_bounded = [&] {
    const bounds::StatementBounds::Enforced enforced;
    return duckdb_prepare(connection, sql.c_str(), &made);
  };
  const duckdb_state state = prepare_bounded();
  Prepared prepared(made);
  if (state != DuckDBSuccess) return failure(duckdb_prepare_error(made));
  return prepared;
}

Result<std::unique_ptr<Statement>> DuckdbStatement::prepare(
    std::shared_ptr<ConnectionHandle> connection, const std::string& sql) {
  TRY(Prepared prepared, engine::prepare(connection->connection, sql));
  TRY(Schema schema, result_schema(prepared.get()));
  return std::unique_ptr<Statement>(
      new DuckdbStatement(std::move(connection), std::move(prepared), std::move(schema)));
}

Result<std::unique_ptr<Rows>> DuckdbStatement::run() {
  return DuckdbRows::execute(connection_, prepared_.get());
}

}  // namespace weir::engine
