// For libFuzzer: a journal whose files were changed anywhere, by bytes or cut short, either is
// refused, or gives entries that were written and nothing else.
#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "journal/block.h"
#include "journal/file.h"
#include "journal/journal.h"

namespace {

namespace fs = std::filesystem;
using namespace weir;  // NOLINT(google-build-using-namespace)

constexpr std::size_t segment_bytes = std::size_t{64} << 10;
const ManualClock still_clock{Instant(std::chrono::seconds(1))};

journal::Entry entry_of(const std::string& topic, std::int64_t number) {
  static const auto schema = std::make_shared<const Schema>(
      Schema{{{"n", {.id = TypeId::bigint}}, {"text", {.id = TypeId::varchar}}}});
  auto rows = std::make_shared<Batch>(schema);
  for (std::int64_t n = number; n < number + 20; ++n) {
    rows->column(0).append(n);
    rows->column(1).append_string("a text longer than twelve bytes " + std::to_string(n * n));
  }
  return {.topic = topic, .head = "head " + std::to_string(number), .batches = {rows}};
}

std::string bytes_of(const journal::Entry& entry) {
  std::string bytes;
  journal::encode_block(entry, 0, bytes);
  return bytes;
}

std::string contents(const fs::path& path) { return journal::read_file(path).value(); }

auto open(const fs::path& folder) {
  return journal::Journal::open(folder, {.segment_bytes = segment_bytes}, still_clock);
}

// A journal of three segments, two of them in the history, as it was written and as it now is.
class Written {
 public:
  Written() {
    std::string name = (fs::temp_directory_path() / "weir-fuzz-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    fill();
    for (const auto& file : fs::recursive_directory_iterator(folder_)) {
      if (file.is_regular_file()) files_[file.path()] = contents(file.path());
    }
    for (const auto& [path, bytes] : files_) {
      if (path.extension() != ".lock" && !bytes.empty()) targets_.push_back(path);
    }
  }
  ~Written() { fs::remove_all(folder_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;

  const fs::path& folder() const { return folder_; }
  const fs::path& target(std::size_t number) const { return targets_[number % targets_.size()]; }
  std::string bytes(const fs::path& path) const { return files_.at(path); }
  bool has(const journal::Placed& placed) const {
    const auto found = entries_.find(placed.begin);
    return found != entries_.end() && found->second == bytes_of(*placed.entry);
  }
  // As it was, but for one file.
  void put(const fs::path& changed, const std::string& bytes) const {
    fs::remove_all(folder_);
    for (const auto& [path, original] : files_) {
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << (path == changed ? bytes : original);
    }
  }

 private:
  void fill() {
    const auto journal = open(folder_).value();
    for (std::int64_t n = 0; n < 100; ++n) {
      (void)journal->append_and_wait({entry_of("clicks", n), entry_of("orders", n)}).value();
    }
    (void)journal->release(journal->end() / 2);
    const auto reader = journal->read({}, 0);
    while (const auto placed = reader->next().value()) {
      entries_[placed->begin] = bytes_of(*placed->entry);
    }
  }

  fs::path folder_;
  std::map<fs::path, std::string> files_;
  std::vector<fs::path> targets_;
  std::map<Position, std::string> entries_;
};

// Input: which file, how much of it is cut away, then places (two bytes each) and their new bytes.
std::string change(std::string bytes, const std::uint8_t* data, std::size_t size) {
  const std::size_t cut = data[0] == 255 ? bytes.size() / 2 : 0;
  bytes.resize(bytes.size() - std::min(cut, bytes.size()));
  for (std::size_t i = 1; i + 3 <= size && !bytes.empty(); i += 3) {
    bytes[(data[i] * 256U + data[i + 1]) % bytes.size()] = static_cast<char>(data[i + 2]);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Written written;
  if (size < 2) return 0;
  const fs::path& target = written.target(data[0]);
  written.put(target, change(written.bytes(target), data + 1, size - 1));
  const auto journal = open(written.folder());
  if (!journal.ok()) return 0;
  const auto reader = journal.value()->read({}, 0);
  while (true) {
    const auto placed = reader->next();
    if (!placed.ok() || !placed.value()) return 0;
    if (!written.has(*placed.value())) std::abort();
  }
}
