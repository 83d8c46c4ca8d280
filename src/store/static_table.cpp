#include "store/static_table.h"

#include <fmt/format.h>

#include "store/column_list.h"

namespace weir::store {
namespace {

Result<std::string> reader_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".csv" || extension == ".tsv") return std::string("read_csv");
  if (extension == ".json" || extension == ".ndjson") return std::string("read_json");
  if (extension == ".parquet") return std::string("read_parquet");
  return Error{Fault::invalid, fmt::format("{}: a static table is a .csv, .tsv, .json, .ndjson or "
                                           ".parquet file",
                                           file.string())};
}

}  // namespace

Result<StaticTable> read_static_table(const std::string& name, const std::filesystem::path& file) {
  TRY(const std::string reader, reader_of(file));
  TRY(auto database, engine::Database::open({.external_access = true}));
  TRY(auto connection, database->connect());
  TRY(auto rows, within(file.string(), connection->query("SELECT * FROM " + reader + "(" +
                                                         engine::quote_text(file.string()) + ")")));
  StaticTable table{.name = name, .schema = rows->schema()};
  while (true) {
    TRY(auto batch, rows->next());
    if (batch == nullptr) return table;
    table.batches.push_back(std::move(batch));
  }
}

Result<void> put_static_table(engine::Database& database, const StaticTable& table) {
  TRY(auto connection, database.connect());
  OK_OR_RETURN(connection->run("CREATE OR REPLACE TABLE " + engine::quote_name(table.name) + "(" +
                               column_list(*table.schema) + ")"));
  for (const auto& batch : table.batches) {
    OK_OR_RETURN(connection->append(table.name, *batch));
  }
  return {};
}

}  // namespace weir::store
