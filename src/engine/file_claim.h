// Keeps a database's file from being opened twice in this process, which DuckDB lets happen and
// which corrupts the file. Other processes are kept out by DuckDB's own lock.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "core/result.h"

namespace weir::engine {

// Held as long as the file is open. Any thread.
class FileClaim {
 public:
  // Fault::conflict while another holds the file.
  static Result<FileClaim> take(const std::filesystem::path& file);
  FileClaim(FileClaim&& other) noexcept : file_(std::exchange(other.file_, {})) {}
  FileClaim& operator=(FileClaim&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~FileClaim();

 private:
  explicit FileClaim(std::string file) : file_(std::move(file)) {}

  std::string file_;  // empty: holds nothing
};

}  // namespace weir::engine
