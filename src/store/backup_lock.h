// Keeps a backup, which another process takes, apart from what changes the files that it copies.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "core/result.h"
#include "journal/file.h"

namespace weir::store {

// Held while it lives; the system lets it go when its process dies. A backup that waits comes
// before changes that begin later.
class BackupLock {
 public:
  // Of what must not be removed or rewritten in a data folder: the journal's segments, histories,
  // the sources' snapshots.
  static std::filesystem::path of_data(const std::filesystem::path& data) {
    return data / "backup.lock";
  }
  // Of the tables' file.
  static std::filesystem::path of_tables(const std::filesystem::path& folder) {
    return folder / "backup.lock";
  }

  // For those that change the files, any number at a time: waits while a backup copies. Nothing:
  // stopped.
  static Result<std::optional<BackupLock>> change(const std::filesystem::path& file,
                                                  const std::stop_token& stop = {});
  // For a backup: waits until no change is under way, and lets none begin.
  static Result<BackupLock> copy(const std::filesystem::path& file);

 private:
  explicit BackupLock(journal::File held) : held_(std::move(held)) {}

  journal::File held_;
};

}  // namespace weir::store
