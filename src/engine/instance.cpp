#include "engine/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/failure.h"

namespace weir::engine {
namespace {

// What a large sort or join may put beside a database's file.
constexpr std::string_view spill_max = "4GiB";

Config configuration(const DatabaseOptions& options) {
  duckdb_config made = nullptr;
  ASSERT(duckdb_create_config(&made) == DuckDBSuccess);
  Config config(made);
  const auto set = [&](const char* name, const std::string& value) {
    ASSERT(duckdb_set_config(made, name, value.c_str()) == DuckDBSuccess);
  };
  set("threads", std::to_string(options.threads));
  set("memory_limit", fmt::format("{}B", options.memory_bytes_max));
  set("wal_autocheckpoint", fmt::format("{}B", options.wal_bytes_max));
  if (options.is_read_only) set("access_mode", "READ_ONLY");
  // Before external access goes: after that DuckDB refuses to change where it spills.
  if (options.file.empty()) {
    set("temp_directory", "");
  } else {
    set("max_temp_directory_size", std::string(spill_max));
  }
  // Nothing is fetched from outside because some SQL names it.
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  if (!options.external_access) set("enable_external_access", "false");
  return config;
}

Result<void> run(duckdb_connection connection, const char* sql) {
  duckdb_result result;
  const duckdb_state state = duckdb_query(connection, sql, &result);
  Result<void> done;
  if (state != DuckDBSuccess) done = failure(duckdb_result_error(&result));
  duckdb_destroy_result(&result);
  return done;
}

Result<std::shared_ptr<ConnectionHandle>> connection_of(std::shared_ptr<DatabaseHandle> file) {
  auto handle = std::make_shared<ConnectionHandle>(std::move(file));
  if (duckdb_connect(handle->database->database, &handle->connection) != DuckDBSuccess) {
    return Error{Fault::internal, "the engine gives no connection"};
  }
  return handle;
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::open(DatabaseOptions options) {
  std::shared_ptr<Instance> instance(new Instance(std::move(options)));
  OK_OR_RETURN(instance->open_file());
  return instance;
}

Result<void> Instance::open_file() {
  auto opened = std::make_shared<DatabaseHandle>();
  if (!options_.file.empty()) {
    TRY(opened->claim, FileClaim::take(options_.file));
  }
  const Config config = configuration(options_);
  const std::string file = options_.file.string();
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(file.empty() ? nullptr : file.c_str(),
                                             &opened->database, config.get(), &message);
  const Text owned(message);
  if (state != DuckDBSuccess) return within(file, Result<void>(failure(message)));
  TRY(const auto connection, connection_of(opened));
  OK_OR_RETURN(run(connection->connection, "SET GLOBAL TimeZone = 'UTC'"));
  if (!options_.external_access) {
    OK_OR_RETURN(run(connection->connection, "SET GLOBAL lock_configuration = true"));
  }
  for (const auto& [name, source] : sources_) {
    OK_OR_RETURN(add_table_function(connection->connection, name, source));
  }
  file_ = std::move(opened);
  return {};
}

std::shared_ptr<Footing> Instance::add_footing() {
  auto footing = std::make_shared<Footing>();
  const std::lock_guard lock(mutex_);
  std::erase_if(footings_, [](const auto& one) { return one.expired(); });
  footings_.push_back(footing);
  return footing;
}

Result<std::shared_ptr<ConnectionHandle>> Instance::connect(Footing& footing) {
  {
    const std::lock_guard lock(footing.mutex);
    if (footing.handle != nullptr) return footing.handle;
  }
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr) {
    return Error{Fault::unavailable,
                 options_.file.string() + " is being opened anew after a failure: try again"};
  }
  TRY(auto handle, connection_of(file_));
  const std::lock_guard footing_lock(footing.mutex);
  footing.handle = handle;
  return handle;
}

Result<void> Instance::add_source(const std::string& name,
                                  std::shared_ptr<const ChunkSource> source) {
  const std::lock_guard lock(mutex_);
  if (!sources_.emplace(name, source).second) {
    return Error{Fault::conflict, fmt::format("there is a table function {} already", name)};
  }
  if (file_ == nullptr) return {};  // they are added when it opens
  TRY(const auto connection, connection_of(file_));
  return add_table_function(connection->connection, name, std::move(source));
}

Result<void> Instance::probe() const {
  TRY(const auto connection, connection_of(file_));
  return run(connection->connection, "SELECT 1");
}

Result<void> Instance::revive() {
  ASSERT(!options_.file.empty());
  const std::lock_guard lock(mutex_);
  if (file_ != nullptr) {
    if (probe().ok()) return {};
    closing_ = file_;
    file_.reset();
    for (const auto& one : footings_) {
      const auto footing = one.lock();
      if (footing == nullptr) continue;
      const std::lock_guard footing_lock(footing->mutex);
      footing->handle.reset();
    }
  }
  if (!closing_.expired()) {
    return Error{Fault::unavailable, options_.file.string() +
                                         " is opened anew after a failure once the queries that "
                                         "read it have ended"};
  }
  return open_file();
}

}  // namespace weir::engine
