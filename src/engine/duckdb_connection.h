// One DuckDB connection behind our interface.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/database.h"
#include "engine/handle.h"

namespace weir::engine {

class DuckdbConnection final : public Connection {
 public:
  static Result<std::unique_ptr<DuckdbConnection>> open(std::shared_ptr<DatabaseHandle> database);

  Result<void> run(const std::string& sql) override;
  Result<std::unique_ptr<Rows>> query(const std::string& sql,
                                      const std::vector<Parameter>& parameters) override;
  Result<std::unique_ptr<Statement>> prepare(const std::string& sql) override;
  Result<void> append(const std::string& table, const Batch& batch) override;
  void interrupt() override;

  duckdb_connection handle() const { return handle_->connection; }

 private:
  explicit DuckdbConnection(std::shared_ptr<ConnectionHandle> handle)
      : handle_(std::move(handle)) {}

  std::shared_ptr<ConnectionHandle> handle_;
};

}  // namespace weir::engine
