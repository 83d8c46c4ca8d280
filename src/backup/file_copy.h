// Copies a file and sums what it copies: the sum of each megabyte is the seed of the next one's.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/result.h"

namespace weir::backup {

struct FileSum {
  std::uint64_t bytes = 0;
  std::uint64_t sum = 0;
};

// The first `bytes_max` bytes; `to` must be new. Durable when it returns, but for its name in its
// folder. Fault::not_found: `from` is gone.
Result<FileSum> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                          std::uint64_t bytes_max);
Result<FileSum> sum_file(const std::filesystem::path& file);

}  // namespace weir::backup
