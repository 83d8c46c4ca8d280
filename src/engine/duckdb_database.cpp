#include "engine/duckdb_database.h"

#include <string_view>

#include "engine/duckdb_connection.h"
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

}  // namespace

Result<std::shared_ptr<Database>> Database::open(const DatabaseOptions& options) {
  TRY(auto instance, Instance::open(options));
  return std::shared_ptr<Database>(std::make_shared<DuckdbDatabase>(std::move(instance)));
}

Result<std::unique_ptr<Connection>> DuckdbDatabase::connect() {
  TRY(std::unique_ptr<DuckdbConnection> connection, DuckdbConnection::open(instance_));
  return std::unique_ptr<Connection>(std::move(connection));
}

Result<void> DuckdbDatabase::add_table_function(const std::string& name,
                                                std::shared_ptr<const Relation> relation) {
  return add_source(name, std::make_shared<RelationSource>(std::move(relation)));
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
