#include "store/static_table.h"

#include <fmt/format.h>

#include "store/applied_places.h"

namespace weir::store {

Result<void> put_static_table(engine::Database& database, const workspace::StaticTable& table) {
  TRY(auto connection, database.connect());
  OK_OR_RETURN(connection->run("CREATE OR REPLACE TABLE " + engine::quote_name(table.name) + "(" +
                               engine::column_list(*table.schema) + ")"));
  for (const auto& batch : table.batches) {
    OK_OR_RETURN(connection->append(table.name, *batch));
  }
  return {};
}

Result<std::set<std::string>> stored_static_tables(engine::Connection& connection) {
  TRY(const auto names,
      connection.texts("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND "
                       "comment IS NULL AND table_name NOT IN (SELECT table_name FROM "
                       "weir_progress.applied WHERE generation > 0)"));
  return std::set<std::string>(names.begin(), names.end());
}

Result<std::vector<ChangedTable>> results_under(engine::Connection& connection,
                                                const std::set<std::string>& names) {
  TRY(const AppliedPlaces places, read_applied_places(connection));
  std::vector<ChangedTable> found;
  for (const auto& [target, place] : places) {
    if (place.generation == 0 || !names.contains(target.table)) continue;
    found.push_back(
        {target.table, fmt::format("table {0} holds results of stream {1}, and now would hold the "
                                   "rows of a file: give the file's table another name, or give "
                                   "the results up: `weir drop {0} --restart`",
                                   target.table, target.stream)});
  }
  return found;
}

Result<void> check_hold_no_results(engine::Database& database, const std::set<std::string>& names) {
  TRY(const auto connection, database.connect());
  TRY(const auto found, results_under(*connection, names));
  std::string lines;
  for (const ChangedTable& table : found) {
    lines += (lines.empty() ? "" : "\n") + table.message;
  }
  return lines.empty() ? Result<void>() : Error{Fault::conflict, lines};
}

}  // namespace weir::store
