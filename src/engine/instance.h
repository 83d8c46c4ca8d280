// DuckDB's open file, which can be opened anew beneath the connections that stand on it.
#pragma once

#include <duckdb.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/database.h"
#include "engine/handle.h"
#include "engine/table_function.h"

namespace weir::engine {

// What one of our connections stands on. Taken away when the file is opened anew.
struct Footing {
  std::mutex mutex;
  std::shared_ptr<ConnectionHandle> handle;  // under mutex; null: connect again
};

// Any thread may call.
class Instance {
 public:
  static Result<std::shared_ptr<Instance>> open(DatabaseOptions options);

  std::shared_ptr<Footing> add_footing();
  // What it stands on, connected again where that was taken away. Fault::unavailable while the file
  // is not open.
  Result<std::shared_ptr<ConnectionHandle>> connect(Footing& footing);
  // Names must be new. They are there again when the file is opened anew.
  Result<void> add_source(const std::string& name, std::shared_ptr<const ChunkSource> source);
  // Database::revive.
  Result<void> revive();

 private:
  explicit Instance(DatabaseOptions options) : options_(std::move(options)) {}
  Result<void> open_file();
  Result<void> probe() const;

  const DatabaseOptions options_;
  std::mutex mutex_;                      // before a footing's
  std::shared_ptr<DatabaseHandle> file_;  // null: it could not be opened anew yet
  std::weak_ptr<DatabaseHandle> closing_;
  std::map<std::string, std::shared_ptr<const ChunkSource>> sources_;
  std::vector<std::weak_ptr<Footing>> footings_;
};

}  // namespace weir::engine
