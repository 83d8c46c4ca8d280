#include "process/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "dataflow/state_codec.h"

namespace weir::process {
namespace {

using dataflow::StateReader;
using dataflow::StateWriter;

namespace fs = std::filesystem;

constexpr std::string_view magic = "weirsnap";
constexpr std::uint32_t version = 1;
constexpr std::string_view prefix = "snapshot-";

Error failed(std::string_view what, const fs::path& path) {
  return {Fault::unavailable,
          fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))};
}

// FNV-1a over words of eight bytes.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL ^ bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), count);
    bytes.remove_prefix(count);
    hash = (hash ^ word) * 1099511628211ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

std::string encoded(const Snapshot& snapshot) {
  StateWriter body;
  body.number(version);
  body.text(snapshot.plan_hash);
  body.text(snapshot.journal_id);
  body.number(snapshot.generation);
  body.number(snapshot.sequence);
  body.number(snapshot.through);
  body.number(snapshot.commit_end);
  body.text(snapshot.state);
  StateWriter file;
  file.text(magic);
  file.text(body.bytes());
  file.number(checksum(body.bytes()));
  return file.bytes();
}

std::optional<Snapshot> decoded(std::string_view bytes) {
  StateReader file(bytes);
  if (file.text() != magic) return std::nullopt;
  const std::string_view content = file.text();
  if (file.number<std::uint64_t>() != checksum(content) || !file.finished()) return std::nullopt;
  StateReader body(content);
  if (body.number<std::uint32_t>() != version) return std::nullopt;
  Snapshot snapshot;
  snapshot.plan_hash = body.text();
  snapshot.journal_id = body.text();
  snapshot.generation = body.number<std::uint64_t>();
  snapshot.sequence = body.number<std::uint64_t>();
  snapshot.through = body.number<Position>();
  snapshot.commit_end = body.number<Position>();
  snapshot.state = body.text();
  return body.finished() ? std::optional(std::move(snapshot)) : std::nullopt;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<void> write_all(int file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return failed("sync", path);
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return failed("create", path);
  Result<void> written = write_all(file, bytes, path);
  ::close(file);
  return written;
}

Result<void> sync_folder(const fs::path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed("open", path);
  const int synced = ::fsync(folder);
  ::close(folder);
  if (synced != 0) return failed("sync", path);
  return {};
}

std::optional<std::uint64_t> sequence_of(const std::string& name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::uint64_t sequence = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, sequence);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return sequence;
}

}  // namespace

Result<std::unique_ptr<SnapshotFolder>> SnapshotFolder::open(fs::path folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Error{Fault::unavailable,
                 fmt::format("cannot make {}: {}", folder.string(), error.message())};
  }
  return std::unique_ptr<SnapshotFolder>(new SnapshotFolder(std::move(folder)));
}

Result<std::optional<Snapshot>> SnapshotFolder::load() {
  std::vector<std::uint64_t> sequences;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (const auto sequence = sequence_of(entry.path().filename())) sequences.push_back(*sequence);
  }
  if (error) {
    return Error{Fault::unavailable,
                 fmt::format("cannot list {}: {}", folder_.string(), error.message())};
  }
  std::ranges::sort(sequences, std::greater());
  std::optional<Snapshot> newest;
  for (const std::uint64_t sequence : sequences) {
    std::optional<Snapshot> snapshot = decoded(read_file(file_of(sequence)));
    if (!snapshot) {
      passed_over_ += fmt::format("{}{} is damaged", passed_over_.empty() ? "" : ", ",
                                  file_of(sequence).string());
      continue;
    }
    kept_.insert(kept_.begin(), {snapshot->sequence, snapshot->through});
    if (!newest) newest = std::move(snapshot);
  }
  if (!newest && !passed_over_.empty()) return Error{Fault::corrupt, passed_over_};
  if (!kept_.empty()) needed_ = kept_.front().through;
  return newest;
}

Result<void> SnapshotFolder::write(const Snapshot& snapshot) {
  const fs::path temporary = folder_ / "unfinished";
  OK_OR_RETURN(write_file(temporary, encoded(snapshot)));
  if (::rename(temporary.c_str(), file_of(snapshot.sequence).c_str()) != 0) {
    return failed("rename", temporary);
  }
  OK_OR_RETURN(sync_folder(folder_));
  keep({snapshot.sequence, snapshot.through});
  return {};
}

void SnapshotFolder::keep(Kept kept) {
  std::erase_if(kept_, [&](const Kept& other) { return other.sequence == kept.sequence; });
  kept_.push_back(kept);
  needed_ = kept_[kept_.size() - std::min<std::size_t>(kept_.size(), 2)].through;
  std::error_code ignored;  // a file too many is tried again with the next snapshot
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    const auto sequence = sequence_of(entry.path().filename());
    const auto is_kept = [&](const Kept& other) { return other.sequence == *sequence; };
    const auto newest =
        kept_.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(kept_.size(), 2));
    if (sequence && std::none_of(newest, kept_.end(), is_kept)) fs::remove(entry.path(), ignored);
  }
  if (kept_.size() > 2) kept_.erase(kept_.begin());
}

std::filesystem::path SnapshotFolder::file_of(std::uint64_t sequence) const {
  return folder_ / fmt::format("{}{}", prefix, sequence);
}

}  // namespace weir::process
