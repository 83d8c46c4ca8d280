// Puts pairs of bytes in order, more of them than memory should hold: sorted runs of them go into a
// file, and are merged as they are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir::index {

// Owned and used by one thread. Fault::unavailable: its file cannot be made, written or read; it is
// of no more use then.
class RunSorter {
 public:
  using Take = std::function<Result<void>(std::string_view key, std::string_view value)>;

  // Holds about so many bytes in memory, or one pair. Its file is made when it is needed, and goes
  // with this, also where the program is killed.
  RunSorter(std::filesystem::path file, std::size_t bytes_max)
      : path_(std::move(file)), bytes_max_(bytes_max) {}
  ~RunSorter();
  RunSorter(RunSorter&& other) noexcept;
  RunSorter& operator=(RunSorter&&) = delete;

  Result<void> add(std::string_view key, std::string_view value);
  // Gives each pair, in the order of keys; those with the same one as they came. Called once, last.
  Result<void> drain(const Take& take);

 private:
  // Of the file.
  struct Run {
    std::uint64_t begin = 0, end = 0;
  };

  void sort();
  // Writes what is in memory as a run.
  Result<void> spill();
  Result<void> open_file();
  Result<void> merge(const Take& take);

  const std::filesystem::path path_;
  const std::size_t bytes_max_;
  std::string pairs_;                // in memory, as they came
  std::vector<std::size_t> places_;  // of each in `pairs_`
  std::vector<Run> runs_;
  int file_ = -1;
};

}  // namespace weir::index
