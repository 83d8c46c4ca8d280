#include "client/row_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "client/byte_file.h"
#include "client/json_file.h"
#include "core/json_text.h"
#include "engine/csv_query.h"
#include "engine/database.h"
#include "formats/json_rows.h"

namespace weir::client {
namespace {

namespace fs = std::filesystem;

class LineFile final : public ByteFile {
 public:
  using ByteFile::ByteFile;

  Result<std::size_t> read(std::size_t rows_max, std::string& lines) override {
    std::size_t rows = 0;
    while (!is_full(rows, rows_max, lines)) {
      const std::size_t end = left().find('\n');
      if (end == std::string::npos) {
        TRY(const bool more, fill());
        if (more) continue;
        return rows + take_line(left().size(), lines);
      }
      rows += take_line(end, lines);
    }
    return rows;
  }

 private:
  // An empty line is no row.
  std::size_t take_line(std::size_t end, std::string& lines) {
    const std::string_view line = left().substr(0, end);
    const bool is_empty = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!is_empty) {
      lines.append(line);
      lines += '\n';
    }
    take(std::min(end + 1, left().size()));
    return is_empty ? 0 : 1;
  }
};

// A number as JSON spells it, or a truth value.
bool is_bare(std::string_view text) {
  if (text == "true" || text == "false") return true;
  const auto skip_digits = [&text] {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
  if (!skip_digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!skip_digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (!skip_digits()) return false;
  }
  return text.empty();
}

// Writes rows as JSON, those of typeless columns as the source reads them.
class RowWriter {
 public:
  RowWriter() = default;
  RowWriter(const Schema& schema, const WrittenColumns& columns) {
    if (columns.empty()) return;
    for (const Field& column : schema.columns) {
      const auto found = columns.find(column.name);
      written_.push_back(found == columns.end() ? Written::text : found->second);
    }
  }

  void write(const Batch& batch, std::size_t row, std::string& lines) const {
    if (written_.empty()) {
      // The server knows the zone of times without one.
      formats::append_json_row(lines, batch, row, formats::WithoutZone::as_it_stands);
      return;
    }
    for (std::size_t i = 0; i < batch.column_count(); ++i) {
      lines += i == 0 ? '{' : ',';
      append_json_string(lines, batch.schema().columns[i].name);
      lines += ':';
      append(batch.column(i), row, written_[i], lines);
    }
    lines += '}';
  }

 private:
  static void append(const Column& column, std::size_t row, Written written, std::string& lines) {
    const bool is_typed = written != Written::text && !column.is_null(row);
    if (is_typed && column.string(row).empty()) {
      lines += "null";
    } else if (is_typed && written == Written::bare && is_bare(column.string(row))) {
      lines += column.string(row);
    } else {
      formats::append_json_value(lines, column, row);
    }
  }

  std::vector<Written> written_;  // by column; empty: as their own types are
};

Error not_utf8(std::string_view line) {
  return {Fault::corrupt,
          fmt::format("line {} is not UTF-8: convert the file first, as `iconv -f LATIN1 -t UTF-8` "
                      "does where it is in Latin-1",
                      line)};
}

// What is wrong is the file, not how it was asked for.
Error file_is_wrong(Error error) {
  if (error.message.find("not utf-8") != std::string::npos) {
    constexpr std::string_view before = "Line: ";
    std::string_view line = error.message;
    line.remove_prefix(std::min(line.find(before), line.size() - before.size()) + before.size());
    return not_utf8(line.substr(0, line.find_first_not_of("0123456789")));
  }
  if (error.fault == Fault::invalid) error.fault = Fault::corrupt;
  return error;
}

// The first byte behind the name in quotes, the word or the single byte that `type` begins with.
std::size_t type_token_end(std::string_view type) {
  const auto is_of_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  std::size_t end = 1;
  if (type.front() == '"' || type.front() == '\'') {
    end = type.find(type.front(), 1);
    return end == std::string_view::npos ? type.size() : end + 1;
  }
  while (is_of_word(type[end - 1]) && end < type.size() && is_of_word(type[end])) ++end;
  return end;
}

// Microseconds, which is what is kept of a time, also inside lists and structures, where the name
// of a field has a blank behind it and its type has none.
std::string in_microseconds(std::string_view type) {
  std::string kept;
  while (!type.empty()) {
    const std::string_view token = type.substr(0, type_token_end(type));
    type.remove_prefix(token.size());
    const bool is_time =
        token == "TIMESTAMP_NS" || token == "TIMESTAMP_MS" || token == "TIMESTAMP_S";
    kept += is_time && !type.starts_with(' ') ? "TIMESTAMP" : token;
  }
  return kept;
}

// The file's times may be finer or coarser.
Result<std::string> parquet_query(engine::Connection& connection, const std::string& from) {
  TRY(const auto described, connection.query("DESCRIBE SELECT * " + from));
  std::string columns;
  while (true) {
    TRY(const auto batch, described->next());
    if (batch == nullptr) return "SELECT " + columns + " " + from;
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      const std::string name = engine::quote_name(batch->column(0).string(row));
      const std::string type(batch->column(1).string(row));
      const std::string kept = in_microseconds(type);
      if (!columns.empty()) columns += ", ";
      columns += kept == type ? name : fmt::format("CAST({0} AS {1}) AS {0}", name, kept);
    }
  }
}

// A file the engine reads, its rows written as JSON.
class EngineFile final : public RowFile {
 public:
  static Result<std::unique_ptr<RowFile>> open(const std::string& name,
                                               const WrittenColumns& columns) {
    auto file = std::make_unique<EngineFile>();
    TRY(file->database_, engine::Database::open({.external_access = true}));
    TRY(file->connection_, file->database_->connect());
    auto query = is_typeless(name) ? engine::csv_query(name) : file->count_and_query(name);
    if (!query.ok()) return query.error();
    auto rows = file->connection_->query(query.value());
    if (!rows.ok()) return file_is_wrong(std::move(rows).error());
    file->rows_ = std::move(rows).value();
    file->writer_ = RowWriter(*file->rows_->schema(), columns);
    return std::unique_ptr<RowFile>(std::move(file));
  }

  Result<std::size_t> read(std::size_t rows_max, std::string& lines) override {
    std::size_t rows = 0;
    while (!is_full(rows, rows_max, lines)) {
      if (batch_ == nullptr || at_ == batch_->rows()) {
        auto next = rows_->next();
        if (!next.ok()) return file_is_wrong(std::move(next).error());
        batch_ = std::move(next).value();
        at_ = 0;
        if (batch_ == nullptr) break;
        continue;
      }
      writer_.write(*batch_, at_, lines);
      lines += '\n';
      ++at_;
      ++rows;
    }
    read_ += static_cast<std::int64_t>(rows);
    return rows;
  }

  double share_read() const override {
    return total_ <= 0 ? -1 : static_cast<double>(read_) / static_cast<double>(total_);
  }

 private:
  // Of a Parquet file, which knows the number of its rows.
  Result<std::string> count_and_query(const std::string& name) {
    const std::string from = "FROM read_parquet(" + engine::quote_text(name) + ")";
    TRY(const auto counted, connection_->query("SELECT count(*) " + from));
    TRY(const auto batch, counted->next());
    ASSERT(batch != nullptr && batch->rows() == 1);
    total_ = batch->column(0).values<std::int64_t>()[0];
    return parquet_query(*connection_, from);
  }

  std::shared_ptr<engine::Database> database_;
  std::unique_ptr<engine::Connection> connection_;
  std::unique_ptr<engine::Rows> rows_;
  RowWriter writer_;
  std::shared_ptr<const Batch> batch_;
  std::size_t at_ = 0;  // next row of the batch
  std::int64_t read_ = 0;
  std::int64_t total_ = 0;  // 0: unknown
};

std::string ending_of(const std::string& name) { return fs::path(name).extension().string(); }

Result<std::unique_ptr<RowFile>> open_bytes(const std::string& name) {
  if (name == "-") return std::unique_ptr<RowFile>(std::make_unique<LineFile>(stdin, 0));
  std::FILE* file = std::fopen(name.c_str(), "rb");
  if (file == nullptr) {
    return Error{Fault::not_found, std::strerror(errno)};
  }
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(name, failed);
  const std::uintmax_t known = failed ? 0 : size;
  if (ending_of(name) == ".json") {
    return std::unique_ptr<RowFile>(std::make_unique<JsonFile>(file, known));
  }
  return std::unique_ptr<RowFile>(std::make_unique<LineFile>(file, known));
}

// The engine takes the names in it for SQL.
Result<void> check_heads(const std::string& name) {
  std::ifstream stream(name, std::ios::binary);
  std::string line;
  std::getline(stream, line);
  if (!formats::is_utf8(line)) return not_utf8("1");
  return {};
}

bool is_json(const std::string& name) {
  const std::string ending = ending_of(name);
  return name == "-" || ending == ".ndjson" || ending == ".jsonl" || ending == ".json";
}

}  // namespace

void note_reader(WrittenColumns& columns, const std::string& name, Written written) {
  const auto [noted, is_new] = columns.emplace(name, written);
  if (!is_new) noted->second = std::max(noted->second, written);
}

Result<void> RowFile::check(const std::string& name) {
  if (!is_json(name) && !is_typeless(name) && ending_of(name) != ".parquet") {
    return Error{
        Fault::invalid,
        "rows are sent from .ndjson, .jsonl, .json, .csv, .tsv or .parquet files, or from - "
        "(NDJSON on stdin)"};
  }
  if (name == "-") return {};
  if (access(name.c_str(), R_OK) != 0) {
    return Error{errno == ENOENT ? Fault::not_found : Fault::denied, std::strerror(errno)};
  }
  std::error_code failed;
  if (fs::is_directory(name, failed)) {
    return Error{Fault::invalid, "this is a folder: name the files in it"};
  }
  return {};
}

Result<std::unique_ptr<RowFile>> RowFile::open(const std::string& name,
                                               const WrittenColumns& columns) {
  OK_OR_RETURN(check(name));
  if (is_json(name)) return open_bytes(name);
  if (!is_typeless(name)) return EngineFile::open(name, {});
  OK_OR_RETURN(check_heads(name));
  return EngineFile::open(name, columns);
}

bool is_typeless(const std::string& name) {
  return ending_of(name) == ".csv" || ending_of(name) == ".tsv";
}

}  // namespace weir::client
