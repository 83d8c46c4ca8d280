// What a backup consists of. It is written last: a folder without one is no backup.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/position.h"
#include "core/result.h"

namespace weir::backup {

struct CopiedFile {
  std::string path;  // relative to the data folder, with /
  std::uint64_t bytes = 0;
  std::uint64_t sum = 0;  // as copy_file() gives it
};

struct Manifest {
  static constexpr const char* file_name = "manifest.json";

  std::string journal;   // its id
  Position end = 0;      // every event before it is in the backup
  std::string taken_at;  // 2001-01-01T00:00:00Z
  std::vector<CopiedFile> files;

  std::uint64_t bytes() const;
};

// Durable when it returns, or not there.
Result<void> write_manifest(const std::filesystem::path& backup, const Manifest& manifest);
// Fault::not_found: none there, so that the backup was never finished; Fault::corrupt: changed
// since. No path of it leads out of its folder.
Result<Manifest> read_manifest(const std::filesystem::path& backup);

}  // namespace weir::backup
