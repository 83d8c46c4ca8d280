#include "engine/file_rows.h"

#include <system_error>

namespace weir::engine {
namespace {

constexpr std::uintmax_t file_bytes_max = 256'000'000;

// What stands behind FROM.
Result<std::string> reader_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  const auto call = [&](const char* reader) {
    return std::string(reader) + "(" + quote_text(file.string()) + ")";
  };
  std::error_code failure;
  const auto bytes = std::filesystem::file_size(file, failure);
  if (failure) return Error{Fault::invalid, "it cannot be read: " + failure.message()};
  if (bytes > file_bytes_max) {
    return Error{Fault::invalid,
                 "it is larger than 256MB, and is held in memory: send it to a "
                 "source"};
  }
  if (extension == ".csv" || extension == ".tsv") return call("read_csv");
  if (extension == ".json" || extension == ".ndjson") return call("read_json");
  if (extension == ".parquet") return call("read_parquet");
  return Error{Fault::invalid, "it is no .csv, .tsv, .json, .ndjson or .parquet file"};
}

Result<std::unique_ptr<Connection>> open_reader() {
  TRY(const auto database, Database::open({.external_access = true}));
  return database->connect();
}

}  // namespace

Result<FileRows> read_file_rows(const std::filesystem::path& file) {
  TRY(const std::string reader, reader_of(file));
  TRY(const auto connection, open_reader());
  TRY(const auto rows, connection->query("SELECT * FROM " + reader));
  FileRows read{.schema = rows->schema()};
  while (true) {
    TRY(auto batch, rows->next());
    if (batch == nullptr) return read;
    read.batches.push_back(std::move(batch));
  }
}

Result<std::optional<std::string>> find_repeated(const std::filesystem::path& file,
                                                 const std::vector<std::string>& columns) {
  TRY(const std::string reader, reader_of(file));
  std::string names;
  for (const std::string& column : columns) {
    names += (names.empty() ? "" : ", ") + quote_name(column);
  }
  TRY(const auto connection, open_reader());
  TRY(const auto rows,
      connection->query("SELECT concat_ws(', ', " + names + ") FROM (SELECT " + names + " FROM " +
                        reader + " GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1)"));
  TRY(const auto batch, rows->next());
  if (batch == nullptr || batch->rows() == 0) return std::optional<std::string>();
  return std::optional<std::string>(batch->column(0).string(0));
}

}  // namespace weir::engine
