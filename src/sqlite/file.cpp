#include "sqlite/file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace weir::sqlite {
namespace {

Fault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Fault::corrupt;
    case SQLITE_CONSTRAINT: return Fault::conflict;
    default: return Fault::unavailable;
  }
}

Error failure(sqlite3* database) {
  const char* name = sqlite3_db_filename(database, "main");
  return {fault_of(sqlite3_extended_errcode(database)),
          fmt::format("{}: {}", name == nullptr ? "SQLite" : name, sqlite3_errmsg(database))};
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      is_too_large_(std::exchange(other.is_too_large_, false)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(is_too_large_, other.is_too_large_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int parameter, std::string_view text) {
  return note(sqlite3_bind_text64(statement_, parameter, text.data(), text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  // No bytes are an empty value, not none.
  const char* begin = bytes.empty() ? "" : bytes.data();
  return note(sqlite3_bind_blob64(statement_, parameter, begin, bytes.size(), SQLITE_STATIC));
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  return note(sqlite3_bind_int64(statement_, parameter, number));
}

// A statement that was not reset, or has no such parameter, is our own mistake.
Statement& Statement::note(int bound) {
  ASSERT(bound == SQLITE_OK || bound == SQLITE_TOOBIG);
  if (bound == SQLITE_TOOBIG) is_too_large_ = true;
  return *this;
}

Result<bool> Statement::step() {
  if (is_too_large_) {
    reset();
    return Error{Fault::invalid, "a value is larger than the 1 GB that SQLite keeps"};
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error failed = failure(sqlite3_db_handle(statement_));
  reset();
  return failed;
}

Result<void> Statement::run() {
  Result<bool> stepped = true;
  while (stepped.ok() && stepped.value()) stepped = step();
  reset();
  return stepped.ok() ? Result<void>() : std::move(stepped).error();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  is_too_large_ = false;
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<File>> File::open(const std::filesystem::path& path) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open(path.c_str(), &database);
  std::unique_ptr<File> file(new File(database));
  if (code != SQLITE_OK) {
    return Error{fault_of(code), fmt::format("{}: {}", path.string(), sqlite3_errmsg(database))};
  }
  sqlite3_extended_result_codes(database, 1);
  return file;
}

File::~File() { sqlite3_close(database_); }

Result<void> File::run(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(database_);
}

Result<Statement> File::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Statement prepared(statement);
  if (code != SQLITE_OK) return failure(database_);
  return prepared;
}

Result<void> File::copy_to(const std::filesystem::path& path) const {
  constexpr int patience_ms = 5'000;
  TRY(const auto copy, open(path));
  sqlite3_busy_timeout(database_, patience_ms);
  sqlite3_backup* copying = sqlite3_backup_init(copy->database_, "main", database_, "main");
  if (copying != nullptr) {
    sqlite3_backup_step(copying, -1);
    sqlite3_backup_finish(copying);
  }
  return sqlite3_errcode(copy->database_) == SQLITE_OK ? Result<void>() : failure(copy->database_);
}

}  // namespace weir::sqlite
