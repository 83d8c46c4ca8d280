// What the tables' own file holds, of tables and streams that are declared and of others: to be
// told and to be given up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/database.h"

namespace weir::store {

struct KeptTable {
  std::string name;
  std::uint64_t rows = 0;
  // Whose results it holds, and how many commits of each were applied to it.
  struct Writer {
    std::string stream;
    std::uint64_t commits = 0;
  };
  std::vector<Writer> writers;
};

// Owned by one thread. While it drops, no applier is at work on the file.
class KeptTables {
 public:
  // Of TableStore's folder, which need not be there.
  static Result<KeptTables> open(const std::filesystem::path& folder);
  // Of a store that is open: only to be told.
  static Result<KeptTables> of(engine::Database& database);

  Result<std::vector<KeptTable>> list();
  // Removes those of these tables that are there with their indexes, and how far each stream's
  // results are in them. What is declared is made anew when the store is opened, and is applied to
  // from the start. Not of a store that is open.
  Result<void> drop(const std::vector<std::string>& tables);

 private:
  KeptTables(std::filesystem::path folder, std::unique_ptr<engine::Connection> connection)
      : folder_(std::move(folder)), connection_(std::move(connection)) {}

  std::filesystem::path folder_;                    // empty: of a store that is open
  std::unique_ptr<engine::Connection> connection_;  // null: there is no file
};

}  // namespace weir::store
