// SQL that DuckDB has parsed, bound and planned once.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/database.h"
#include "engine/handle.h"

namespace weir::engine {

// Fault::invalid where the SQL is wrong, or is not one statement.
Result<Prepared> prepare(duckdb_connection connection, const std::string& sql);

class DuckdbStatement final : public Statement {
 public:
  static Result<std::unique_ptr<Statement>> prepare(std::shared_ptr<ConnectionHandle> connection,
                                                    const std::string& sql);

  const std::shared_ptr<const Schema>& schema() const override { return schema_; }
  Result<std::unique_ptr<Rows>> run() override;

 private:
  DuckdbStatement(std::shared_ptr<ConnectionHandle> connection, Prepared prepared, Schema schema)
      : connection_(std::move(connection)),
        prepared_(std::move(prepared)),
        schema_(std::make_shared<const Schema>(std::move(schema))) {}

  std::shared_ptr<ConnectionHandle> connection_;  // outlives what is prepared on it
  Prepared prepared_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace weir::engine
