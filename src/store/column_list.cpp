#include "store/column_list.h"

#include "engine/database.h"

namespace weir::store {

std::string column_list(const Schema& schema) {
  std::string list;
  for (const Field& column : schema.columns) {
    if (!list.empty()) list += ", ";
    list += engine::quote_name(column.name) + " " + to_string(column.type);
  }
  return list;
}

}  // namespace weir::store
