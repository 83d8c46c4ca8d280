#include "engine/duckdb_database.h"

#include <fmt/format.h>

#include "engine/failure.h"
#include "engine/handle.h"
#include "engine/relation_source.h"

namespace weir::engine {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

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

}  // namespace

Result<std::shared_ptr<Database>> Database::open(const DatabaseOptions& options) {
  auto handle = std::make_shared<DatabaseHandle>();
  if (!options.file.empty()) {
    TRY(handle->claim, FileClaim::take(options.file));
  }
  const Config config = configuration(options);
  const std::string file = options.file.string();
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(file.empty() ? nullptr : file.c_str(),
                                             &handle->database, config.get(), &message);
  const Text owned(message);
  if (state != DuckDBSuccess) {
    return within(file, Result<std::shared_ptr<Database>>(failure(message)));
  }
  auto database = std::make_shared<DuckdbDatabase>(std::move(handle));
  TRY(const std::unique_ptr<Connection> connection, database->connect());
  OK_OR_RETURN(connection->run("SET GLOBAL TimeZone = 'UTC'"));
  if (!options.external_access) {
    OK_OR_RETURN(connection->run("SET GLOBAL lock_configuration = true"));
  }
  return std::shared_ptr<Database>(std::move(database));
}

Result<std::unique_ptr<Connection>> DuckdbDatabase::connect() {
  TRY(std::unique_ptr<DuckdbConnection> connection, DuckdbConnection::open(handle_));
  return std::unique_ptr<Connection>(std::move(connection));
}

Result<void> DuckdbDatabase::add_table_function(const std::string& name,
                                                std::shared_ptr<const Relation> relation) {
  return add_source(name, std::make_shared<RelationSource>(std::move(relation)));
}

Result<void> DuckdbDatabase::add_source(const std::string& name,
                                        std::shared_ptr<const ChunkSource> source) {
  const std::lock_guard lock(mutex_);
  if (!functions_.insert(name).second) {
    return Error{Fault::conflict, fmt::format("there is a table function {} already", name)};
  }
  TRY(const std::unique_ptr<DuckdbConnection> connection, DuckdbConnection::open(handle_));
  return engine::add_table_function(connection->handle(), name, std::move(source));
}

std::string quote_name(std::string_view name) { return quoted(name, '"'); }

std::string column_list(const Schema& schema) {
  std::string list;
  for (const Field& column : schema.columns) {
    if (!list.empty()) list += ", ";
    list += quote_name(column.name) + " " + to_string(column.type);
  }
  return list;
}
std::string quote_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace weir::engine
