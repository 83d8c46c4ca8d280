// A SQLite file, seen only through our types. No other room includes sqlite3.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir::sqlite {

// One statement, run any number of times. Goes before its file. Parameters count from 1, columns
// from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // What is bound must live until the next reset().
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind(int parameter, std::int64_t number);
  // True: a row. False: done. Fault::unavailable: no room, or busy; Fault::corrupt: the file is
  // damaged; Fault::conflict: a row of that key is there; Fault::invalid: a bound value is larger
  // than SQLite keeps. After a failure it is ready to be run again, with nothing bound.
  Result<bool> step();
  // Steps to the end, wants no rows, and is ready to be run again.
  Result<void> run();
  // Ready to be run again, with nothing bound.
  void reset();

  // Valid until the next step().
  std::string_view bytes(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;

 private:
  friend class File;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement& note(int bound);

  sqlite3_stmt* statement_;
  bool is_too_large_ = false;  // what was bound
};

// Used by one thread at a time.
class File {
 public:
  // Makes it where it is not there. Fault::corrupt: it is no database.
  static Result<std::unique_ptr<File>> open(const std::filesystem::path& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // One or more statements whose rows nobody wants.
  Result<void> run(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  // To a new file, whole, while others may change this one.
  Result<void> copy_to(const std::filesystem::path& path) const;

 private:
  explicit File(sqlite3* database) : database_(database) {}

  sqlite3* const database_;
};

}  // namespace weir::sqlite
