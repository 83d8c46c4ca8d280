#include "store/static_table.h"

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

}  // namespace weir::store
