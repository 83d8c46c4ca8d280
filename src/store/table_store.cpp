#include "store/table_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/disk_room.h"
#include "store/applied_places.h"
#include "store/static_table.h"
#include "store/table_indexes.h"
#include "store/table_rebuild.h"

namespace weir::store {
namespace {

using engine::Connection;
using engine::quote_name;
using engine::quote_text;

constexpr const char* database_file = "weir.duckdb";
// What DuckDB's checkpoint may write beyond the rows.
constexpr std::size_t room_bytes_min = std::size_t{32} << 20;

Result<Schema> stored_schema(Connection& connection, const std::string& table) {
  TRY(auto rows, connection.query("SELECT * FROM " + quote_name(table) + " LIMIT 0"));
  return *rows->schema();
}

Result<bool> exists(Connection& connection, const std::string& table) {
  TRY(auto rows, connection.query("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'main' AND "
                                  "table_name = " +
                                  quote_text(table)));
  TRY(auto batch, rows->next());
  return batch != nullptr && batch->rows() > 0;
}

Error with_advice(Error error) {
  if (error.fault == Fault::corrupt) error.message += rebuild_advice;
  return error;
}

// Those that come after the declared ones.
std::vector<std::string> surplus_columns(const Schema& stored, const TableSpec& table) {
  std::vector<std::string> names;
  for (std::size_t i = table.schema->columns.size(); i < stored.columns.size(); ++i) {
    names.push_back(stored.columns[i].name);
  }
  return names;
}

Result<bool> holds_nothing(Connection& connection, const std::string& table,
                           const std::string& column) {
  TRY(auto rows, connection.query("SELECT 1 FROM " + quote_name(table) + " WHERE " +
                                  quote_name(column) + " IS NOT NULL LIMIT 1"));
  TRY(auto batch, rows->next());
  return batch == nullptr || batch->rows() == 0;
}

std::string key_text(const TableSpec& table) {
  if (table.key.empty()) return "no key";
  std::string names;
  for (const std::size_t column : table.key) {
    names += (names.empty() ? "" : ", ") + table.schema->columns[column].name;
  }
  return "the key (" + names + ")";
}

// What its rows were kept by is the table's comment.
Result<void> remember_key(Connection& connection, const TableSpec& table) {
  return connection.run("COMMENT ON TABLE " + quote_name(table.name) + " IS " +
                        quote_text(key_text(table)));
}

// Rows that were kept by another key may stand there twice by this one.
Result<void> check_key(Connection& connection, const TableSpec& table) {
  TRY(auto rows, connection.query("SELECT comment FROM duckdb_tables() WHERE schema_name = 'main' "
                                  "AND comment IS NOT NULL AND table_name = " +
                                  quote_text(table.name)));
  TRY(auto batch, rows->next());
  if (batch == nullptr || batch->rows() == 0) return {};
  const std::string_view stored = batch->column(0).string(0);
  if (stored == key_text(table)) return {};
  return Error{Fault::conflict,
               fmt::format("table {0}: its rows are kept with {1}, and now would be with {2}; "
                           "leave that as it was, or begin the table anew: `weir drop {0} "
                           "--restart`",
                           table.name, stored, key_text(table))};
}

// Whether streams have ever written to it. One that is there without that may be of a workspace
// that could not start, and another may have its name.
Result<bool> holds_results(Connection& connection, const std::string& table,
                           const std::set<std::string>& from_files) {
  TRY(const bool is_there, exists(connection, table));
  if (!is_there || from_files.contains(table)) return false;
  TRY(const auto rows,
      connection.query(
          "SELECT 1 FROM weir_progress.applied WHERE generation > 0 AND table_name = " +
          quote_text(table) + " UNION ALL (SELECT 1 FROM " + quote_name(table) + " LIMIT 1)"));
  TRY(const auto batch, rows->next());
  return batch != nullptr && batch->rows() > 0;
}

// No stored value may change its meaning, or go.
Result<void> check_stored(Connection& connection, const Schema& stored, const TableSpec& table) {
  OK_OR_RETURN(check_key(connection, table));
  const std::size_t common = std::min(stored.columns.size(), table.schema->columns.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Field& column = table.schema->columns[i];
    if (stored.columns[i] == column) continue;
    return Error{
        Fault::conflict,
        fmt::format("table {}: column {} is stored as {} {}, and now would be {} {}; "
                    "keep the column, or start the stream that writes it anew: `weir drop "
                    "STREAM --restart`",
                    table.name, i + 1, stored.columns[i].name, to_string(stored.columns[i].type),
                    column.name, to_string(column.type))};
  }
  for (const std::string& column : surplus_columns(stored, table)) {
    TRY(const bool may_go, holds_nothing(connection, table.name, column));
    if (may_go) continue;
    return Error{
        Fault::conflict,
        fmt::format("table {}: the stored column {} is no longer made; select it again, "
                    "or start the stream that writes it anew: `weir drop STREAM --restart`",
                    table.name, column)};
  }
  return {};
}

// Brings a stored table to its declared columns. What a workspace that could not start has added
// goes again.
Result<void> align(Connection& connection, const TableSpec& table) {
  TRY(const Schema stored, stored_schema(connection, table.name));
  OK_OR_RETURN(check_stored(connection, stored, table));
  for (const std::string& column : surplus_columns(stored, table)) {
    OK_OR_RETURN(connection.run("ALTER TABLE " + quote_name(table.name) + " DROP COLUMN " +
                                quote_name(column)));
  }
  for (std::size_t i = stored.columns.size(); i < table.schema->columns.size(); ++i) {
    const Field& column = table.schema->columns[i];
    OK_OR_RETURN(connection.run("ALTER TABLE " + quote_name(table.name) + " ADD COLUMN " +
                                quote_name(column.name) + " " + to_string(column.type)));
  }
  return {};
}

Result<void> make_tables(Connection& connection, const std::vector<TableSpec>& tables) {
  OK_OR_RETURN(make_applied_places(connection));
  TRY(const std::set<std::string> from_files, stored_static_tables(connection));
  for (const TableSpec& table : tables) {
    TRY(const bool has_results, holds_results(connection, table.name, from_files));
    if (has_results) {
      OK_OR_RETURN(align(connection, table));
    } else {
      const std::string name = quote_name(table.name);
      OK_OR_RETURN(connection.run("DROP TABLE IF EXISTS " + name + "; CREATE TABLE " + name + "(" +
                                  engine::column_list(*table.schema) + ")"));
    }
    OK_OR_RETURN(remember_key(connection, table));
  }
  return {};
}

Result<std::vector<ChangedTable>> changed_tables(Connection& connection,
                                                 const std::vector<TableSpec>& tables,
                                                 const std::set<std::string>& from_files) {
  TRY(const std::set<std::string> stored_from_files, stored_static_tables(connection));
  TRY(std::vector<ChangedTable> changed, results_under(connection, from_files));
  for (const TableSpec& table : tables) {
    TRY(const bool has_results, holds_results(connection, table.name, stored_from_files));
    if (!has_results) continue;
    TRY(const Schema stored, stored_schema(connection, table.name));
    const Result<void> checked = check_stored(connection, stored, table);
    if (checked.ok()) continue;
    if (checked.error().fault != Fault::conflict) return checked.error();
    changed.push_back({table.name, checked.error().message});
  }
  return changed;
}

}  // namespace

TableStore::TableStore(std::filesystem::path folder, std::shared_ptr<engine::Database> database,
                       std::vector<TableSpec> tables)
    : folder_(std::move(folder)), database_(std::move(database)), tables_(std::move(tables)) {}

Result<std::unique_ptr<TableStore>> TableStore::open(const std::filesystem::path& folder,
                                                     std::vector<TableSpec> tables) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error{Fault::unavailable,
                 fmt::format("cannot make {}: {}", folder.string(), failed.message())};
  }
  auto opened = engine::Database::open({.file = folder / database_file});
  if (!opened.ok()) return with_advice(opened.error());
  std::shared_ptr<engine::Database> database = std::move(opened).value();
  TRY(auto connection, database->connect());
  const Result<void> made = make_tables(*connection, tables);
  if (!made.ok()) return with_advice(made.error());
  std::vector<index::IndexedTable> indexed = indexed_tables(tables);
  std::unique_ptr<TableStore> store(new TableStore(folder, std::move(database), std::move(tables)));
  if (!indexed.empty()) {
    TRY(store->indexes_, index::OrderedIndexes::open(index_file(folder), std::move(indexed)));
  }
  return store;
}

Result<std::vector<ChangedTable>> TableStore::changed(
    const std::vector<TableSpec>& tables, const std::set<std::string>& from_files) const {
  TRY(auto connection, database_->connect());
  return changed_tables(*connection, tables, from_files);
}

Result<std::vector<ChangedTable>> TableStore::changed_in(const std::filesystem::path& folder,
                                                         const std::vector<TableSpec>& tables,
                                                         const std::set<std::string>& from_files) {
  const std::filesystem::path file = folder / database_file;
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return std::vector<ChangedTable>();
  TRY(const auto database, engine::Database::open({.file = file, .is_read_only = true}));
  TRY(const auto connection, database->connect());
  return changed_tables(*connection, tables, from_files);
}

Result<void> TableStore::check_room(std::size_t bytes, std::size_t index_bytes) const {
  // Once in the log that DuckDB, or SQLite, writes ahead, once in its file.
  return check_disk_room(folder_, room_bytes_min + 2 * (bytes + index_bytes));
}

const TableSpec* TableStore::find(std::string_view table) const {
  const auto found = std::ranges::find(tables_, table, &TableSpec::name);
  return found == tables_.end() ? nullptr : &*found;
}

}  // namespace weir::store
