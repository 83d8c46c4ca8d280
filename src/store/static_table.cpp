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
  TRY(const auto rows,
      connection.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND "
                       "comment IS NULL AND table_name NOT IN (SELECT table_name FROM "
                       "weir_progress.applied WHERE generation > 0)"));
  std::set<std::string> names;
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) return names;
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      names.emplace(batch->column(0).string(row));
    }
  }
}

Result<void> check_hold_no_results(engine::Database& database, const std::set<std::string>& names) {
  TRY(const auto connection, database.connect());
  TRY(const AppliedPlaces places, read_applied_places(*connection));
  std::string lines;
  for (const auto& [target, place] : places) {
    if (place.generation == 0 || !names.contains(target.table)) continue;
    lines += fmt::format(
        "{0}table {1} holds results of stream {2}, and now would hold the rows of "
        "a file: give the file's table another name, or give the results up: "
        "`weir drop {1} --restart`",
        lines.empty() ? "" : "\n", target.table, target.stream);
  }
  return lines.empty() ? Result<void>() : Error{Fault::conflict, lines};
}

}  // namespace weir::store
