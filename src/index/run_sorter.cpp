#include "index/run_sorter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace weir::index {
namespace {

// A pair is its key's size, its value's size, key and value.
constexpr std::size_t sizes_size = 2 * sizeof(std::uint32_t);

// What is written to the file, or read from a run, at once.
constexpr std::size_t block_bytes_max = std::size_t{256} << 10;
constexpr std::size_t block_bytes_min = std::size_t{4} << 10;

struct Pair {
  std::string_view key, value;

  std::size_t size() const { return sizes_size + key.size() + value.size(); }
};

void append_pair(std::string& bytes, std::string_view key, std::string_view value) {
  const std::array sizes{static_cast<std::uint32_t>(key.size()),
                         static_cast<std::uint32_t>(value.size())};
  bytes.append(reinterpret_cast<const char*>(sizes.data()), sizes_size);
  bytes.append(key).append(value);
}

std::array<std::uint32_t, 2> sizes_at(const char* bytes) {
  std::array<std::uint32_t, 2> sizes{};
  std::memcpy(sizes.data(), bytes, sizes_size);
  return sizes;
}

Pair pair_at(const char* bytes) {
  const auto [key, value] = sizes_at(bytes);
  return {{bytes + sizes_size, key}, {bytes + sizes_size + key, value}};
}

Error failure(const std::filesystem::path& path, std::string_view doing) {
  return {Fault::unavailable,
          fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(errno))};
}

// Reads a run pair by pair, a block of the file at a time.
class RunReader {
 public:
  RunReader(int file, std::uint64_t begin, std::uint64_t end, std::size_t block)
      : file_(file), at_(begin), end_(end), block_(block) {}

  // The last that was read, until the next one is.
  const Pair& pair() const { return pair_; }
  // False: there is no other. An error is in errno.
  bool next() {
    if (begin_ == bytes_.size() && at_ == end_) return false;
    if (!hold(sizes_size)) return false;
    const auto [key, value] = sizes_at(bytes_.data() + begin_);
    if (!hold(sizes_size + key + value)) return false;
    pair_ = pair_at(bytes_.data() + begin_);
    begin_ += pair_.size();
    return true;
  }
  bool has_failed() const { return has_failed_; }

 private:
  // Has so many bytes from the next pair on.
  bool hold(std::size_t size) {
    if (bytes_.size() - begin_ >= size) return true;
    bytes_.erase(0, std::exchange(begin_, 0));
    std::size_t held = bytes_.size();
    bytes_.resize(std::min<std::uint64_t>(std::max(size, block_), held + (end_ - at_)));
    while (held < bytes_.size()) {
      const ssize_t read =
          ::pread(file_, bytes_.data() + held, bytes_.size() - held, static_cast<off_t>(at_));
      if (read < 0 && errno == EINTR) continue;
      if (read == 0) errno = EIO;  // it was written whole
      has_failed_ = read <= 0;
      if (has_failed_) return false;
      held += static_cast<std::size_t>(read);
      at_ += static_cast<std::uint64_t>(read);
    }
    return true;
  }

  const int file_;
  std::uint64_t at_;  // what is not read yet
  const std::uint64_t end_;
  const std::size_t block_;
  std::string bytes_;
  std::size_t begin_ = 0;  // of the next pair in `bytes_`
  Pair pair_;
  bool has_failed_ = false;
};

}  // namespace

RunSorter::~RunSorter() {
  if (file_ >= 0) ::close(file_);
}

RunSorter::RunSorter(RunSorter&& other) noexcept
    : path_(other.path_),
      bytes_max_(other.bytes_max_),
      pairs_(std::move(other.pairs_)),
      places_(std::move(other.places_)),
      runs_(std::move(other.runs_)),
      file_(std::exchange(other.file_, -1)) {}

Result<void> RunSorter::add(std::string_view key, std::string_view value) {
  places_.push_back(pairs_.size());
  append_pair(pairs_, key, value);
  const std::size_t held = pairs_.size() + places_.size() * sizeof(std::size_t);
  return held < bytes_max_ ? Result<void>() : spill();
}

void RunSorter::sort() {
  const auto key_at = [this](std::size_t place) { return pair_at(pairs_.data() + place).key; };
  const auto is_before = [&](std::size_t a, std::size_t b) {
    const int order = key_at(a).compare(key_at(b));
    return order < 0 || (order == 0 && a < b);
  };
  std::ranges::sort(places_, is_before);
}

Result<void> RunSorter::open_file() {
  if (file_ >= 0) return {};
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file_ < 0) return failure(path_, "making");
  return ::unlink(path_.c_str()) == 0 ? Result<void>() : failure(path_, "removing");
}

Result<void> RunSorter::spill() {
  OK_OR_RETURN(open_file());
  sort();
  Run run{.begin = runs_.empty() ? 0 : runs_.back().end};
  run.end = run.begin;
  std::string block;
  const auto write = [&]() -> Result<void> {
    for (std::string_view rest = block; !rest.empty();) {
      const ssize_t written =
          ::pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(run.end));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failure(path_, "writing");
      rest.remove_prefix(static_cast<std::size_t>(written));
      run.end += static_cast<std::uint64_t>(written);
    }
    block.clear();
    return {};
  };
  for (const std::size_t place : places_) {
    block.append(pairs_, place, pair_at(pairs_.data() + place).size());
    if (block.size() >= block_bytes_max) OK_OR_RETURN(write());
  }
  OK_OR_RETURN(write());
  runs_.push_back(run);
  pairs_.clear();
  places_.clear();
  return {};
}

Result<void> RunSorter::drain(const Take& take) {
  if (!runs_.empty()) return merge(take);
  sort();
  for (const std::size_t place : places_) {
    const Pair pair = pair_at(pairs_.data() + place);
    OK_OR_RETURN(take(pair.key, pair.value));
  }
  return {};
}

Result<void> RunSorter::merge(const Take& take) {
  if (!places_.empty()) OK_OR_RETURN(spill());
  pairs_ = {};
  places_ = {};
  const std::size_t block = std::clamp(bytes_max_ / runs_.size(), block_bytes_min, block_bytes_max);
  std::vector<RunReader> readers;
  for (const Run& run : runs_) readers.emplace_back(file_, run.begin, run.end, block);
  // The next one is at the front; of equal keys that of the earlier run.
  std::vector<std::size_t> heap;
  const auto is_after = [&](std::size_t a, std::size_t b) {
    const int order = readers[a].pair().key.compare(readers[b].pair().key);
    return order > 0 || (order == 0 && a > b);
  };
  const auto read = [&](std::size_t run) -> Result<void> {
    if (readers[run].next()) {
      heap.push_back(run);
      std::ranges::push_heap(heap, is_after);
    }
    return readers[run].has_failed() ? failure(path_, "reading") : Result<void>();
  };
  for (std::size_t run = 0; run < readers.size(); ++run) OK_OR_RETURN(read(run));
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, is_after);
    const std::size_t run = heap.back();
    heap.pop_back();
    OK_OR_RETURN(take(readers[run].pair().key, readers[run].pair().value));
    OK_OR_RETURN(read(run));
  }
  return {};
}

}  // namespace weir::index
