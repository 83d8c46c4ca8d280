// DuckDB's instance behind our interface.
#pragma once

#include <duckdb.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "engine/database.h"
#include "engine/duckdb_connection.h"
#include "engine/handle.h"
#include "engine/table_function.h"

namespace weir::engine {

// The only Database there is: other rooms know it by its interface, this room by its name.
class DuckdbDatabase final : public Database {
 public:
  explicit DuckdbDatabase(std::shared_ptr<DatabaseHandle> handle) : handle_(std::move(handle)) {}

  Result<std::unique_ptr<Connection>> connect() override;
  Result<void> add_table_function(const std::string& name,
                                  std::shared_ptr<const Relation> relation) override;
  Result<void> add_source(const std::string& name, std::shared_ptr<const ChunkSource> source);

 private:
  std::shared_ptr<DatabaseHandle> handle_;
  std::mutex mutex_;  // functions are added one at a time
  std::set<std::string> functions_;
};

}  // namespace weir::engine
