#include "operate/workspace_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "journal/bytes.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;

// Editors leave files of other kinds beside those that they write.
bool is_of_a_workspace(const fs::path& file) {
  constexpr std::array<std::string_view, 8> kinds{".yaml", ".yml",     ".sql",  ".csv",
                                                  ".tsv",  ".parquet", ".json", ".ndjson"};
  return std::ranges::find(kinds, file.extension().string()) != kinds.end();
}

// Of a file that is going just now there is nothing to tell.
std::uint64_t sum_of(const fs::directory_entry& file) {
  std::error_code failed;
  const auto size = file.file_size(failed);
  if (failed) return 0;
  const auto time = file.last_write_time(failed).time_since_epoch().count();
  if (failed) return 0;
  return journal::checksum(fmt::format("{} {} {}", file.path().string(), size, time), 1);
}

}  // namespace

WorkspaceWatch::WorkspaceWatch(fs::path folder, fs::path data)
    : folder_(std::move(folder)), data_(std::move(data)), known_(look()), last_(known_) {}

bool WorkspaceWatch::has_changed() {
  const std::uint64_t now = look();
  const bool is_settled = now == std::exchange(last_, now);
  return is_settled && now != std::exchange(known_, is_settled ? now : known_);
}

// In whatever order the files are found.
std::uint64_t WorkspaceWatch::look() const {
  std::error_code failed;
  std::uint64_t sum = 0;
  fs::recursive_directory_iterator at(folder_, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const bool is_hidden = at->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (is_hidden || at->path() == data_) {
      at.disable_recursion_pending();
    } else if (is_of_a_workspace(at->path()) && at->is_regular_file(ignored)) {
      sum += sum_of(*at);
    }
  }
  return sum;
}

}  // namespace weir::operate
