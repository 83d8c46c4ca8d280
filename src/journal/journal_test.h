// What the journal's tests have in common: a folder that goes with the test, and entries.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "journal/journal.h"

namespace weir::journal {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-journal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Files may not grow beyond so many bytes while it lives; writing more fails with EFBIG.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileLimit(const FileLimit&) = delete;
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

inline const ManualClock& test_clock() {
  static const ManualClock clock(Instant(std::chrono::microseconds(1'000'000)));
  return clock;
}

inline constexpr std::size_t small_segment = std::size_t{64} << 10;  // 16 pages

inline std::unique_ptr<Journal> open_journal(const std::filesystem::path& folder,
                                             const JournalSettings& settings = {
                                                 .segment_bytes = small_segment}) {
  auto opened = Journal::open(folder, settings, test_clock());
  EXPECT_TRUE(opened.ok()) << opened.error().message;
  return std::move(opened).value();
}

// One BIGINT and one long VARCHAR a row.
inline std::shared_ptr<const Batch> rows_from(std::int64_t first, std::size_t count) {
  static const auto schema = std::make_shared<const Schema>(
      Schema{{{"n", {.id = TypeId::bigint}}, {"text", {.id = TypeId::varchar}}}});
  auto batch = std::make_shared<Batch>(schema);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t n = first + static_cast<std::int64_t>(i);
    batch->column(0).append(n);
    batch->column(1).append_string("a text that is longer than twelve bytes " + std::to_string(n));
  }
  return batch;
}

inline Entry entry_of(std::string topic, std::int64_t first, std::size_t count = 1) {
  return {.topic = std::move(topic), .head = "head", .batches = {rows_from(first, count)}};
}

inline std::vector<Entry> group_of(Entry entry) {
  std::vector<Entry> group;
  group.push_back(std::move(entry));
  return group;
}

// Appends one row; where its group ends.
inline Position append_row(Journal& journal, std::int64_t n, const std::string& topic = "clicks") {
  const auto end = journal.append_and_wait(group_of(entry_of(topic, n)));
  EXPECT_TRUE(end.ok()) << end.error().message;
  return end.value();
}

// The first number of each entry's first batch, in order.
inline std::vector<std::int64_t> numbers(Reader& reader) {
  std::vector<std::int64_t> found;
  while (true) {
    const auto placed = reader.next();
    EXPECT_TRUE(placed.ok()) << placed.error().message;
    if (!placed.ok() || !placed.value()) return found;
    const Batch& batch = *placed.value()->entry->batches[0];
    found.push_back(batch.column(0).values<std::int64_t>()[0]);
  }
}

inline std::vector<std::int64_t> numbers(const Journal& journal, Filter filter = {},
                                         Position from = 0) {
  return numbers(*journal.read(std::move(filter), from));
}

inline std::vector<std::int64_t> count_up(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> numbers;
  for (; first < end; ++first) numbers.push_back(first);
  return numbers;
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The segments in order.
inline std::vector<std::filesystem::path> segment_paths(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& file : std::filesystem::directory_iterator(folder / "journal")) {
    if (file.path().extension() == ".segment") found.push_back(file.path());
  }
  std::ranges::sort(found);
  return found;
}

// Appends until the newest segment is one that had a former use, and was begun just now. How many
// rows.
inline std::int64_t append_into_a_former_segment(Journal& journal,
                                                 const std::filesystem::path& folder) {
  std::int64_t n = 0;
  while (n < 60) append_row(journal, n++);
  EXPECT_TRUE(journal.release(journal.end()).ok());
  const std::size_t segments = segment_paths(folder).size();
  while (segment_paths(folder).size() == segments) append_row(journal, n++);
  return n;
}

}  // namespace weir::journal
