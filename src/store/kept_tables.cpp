#include "store/kept_tables.h"

#include <system_error>
#include <utility>

#include "index/ordered_indexes.h"
#include "store/applied_places.h"
#include "store/table_indexes.h"

namespace weir::store {
namespace {

Result<std::vector<std::string>> table_names(engine::Connection& connection) {
  return connection.texts(
      "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY table_name");
}

}  // namespace

Result<KeptTables> KeptTables::open(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "weir.duckdb";
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return KeptTables(folder, nullptr);
  TRY(const auto database, engine::Database::open({.file = file}));
  TRY(auto connection, database->connect());
  OK_OR_RETURN(make_applied_places(*connection));
  return KeptTables(folder, std::move(connection));
}

Result<KeptTables> KeptTables::of(engine::Database& database) {
  TRY(auto connection, database.connect());
  return KeptTables({}, std::move(connection));
}

Result<std::vector<KeptTable>> KeptTables::list() {
  std::vector<KeptTable> tables;
  if (connection_ == nullptr) return tables;
  TRY(const std::vector<std::string> names, table_names(*connection_));
  TRY(const AppliedPlaces places, read_applied_places(*connection_));
  for (const std::string& name : names) {
    KeptTable& table = tables.emplace_back();
    table.name = name;
    TRY(table.rows, connection_->count_rows(name));
    for (const auto& [target, place] : places) {
      if (target.table == name) table.writers.push_back({target.stream, place.sequence});
    }
  }
  return tables;
}

Result<void> KeptTables::drop(const std::vector<std::string>& tables) {
  if (connection_ == nullptr || tables.empty()) return {};
  ASSERT(!folder_.empty());
  OK_OR_RETURN(index::OrderedIndexes::forget(index_file(folder_), tables));
  std::string all = "BEGIN;";
  for (const std::string& table : tables) {
    all += "DROP TABLE IF EXISTS " + engine::quote_name(table) + ";";
    all +=
        "DELETE FROM weir_progress.applied WHERE table_name = " + engine::quote_text(table) + ";";
  }
  return connection_->run(all + "COMMIT");
}

}  // namespace weir::store
