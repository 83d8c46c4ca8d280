#include "collect/snapshot_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "journal/bytes.h"

namespace weir::collect {
namespace {

constexpr std::string_view name_stem = "snapshot-";
constexpr std::uint64_t format_seed = 0x31'4c'4c'4f'43'52'49'57;  // the format's version
constexpr std::size_t files_kept = 2;

Error failed(const std::filesystem::path& file) {
  return {Fault::unavailable, fmt::format("{}: {}", file.string(), std::strerror(errno))};
}

// Closes whatever happens.
class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags)
      : number_(::open(path.c_str(), flags, 0600)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Result<void> sync_folder(const std::filesystem::path& folder) {
  const OpenFile file(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file.number() < 0 || ::fsync(file.number()) != 0) return failed(folder);
  return {};
}

Result<void> write_durably(const std::filesystem::path& path, std::string_view bytes) {
  const OpenFile file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (file.number() < 0) return failed(path);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) return failed(path);
  return {};
}

// Out of the way of later starts, yet there to be looked at.
Result<void> set_aside(const std::filesystem::path& file) {
  std::filesystem::path aside = file;
  aside.replace_filename("damaged-" + file.filename().string());
  if (::rename(file.c_str(), aside.c_str()) != 0) return failed(file);
  return {};
}

Result<Snapshot> read_snapshot(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const std::string bytes = std::move(content).str();
  journal::ByteReader in(bytes);
  const auto sum = in.number<std::uint64_t>();
  const std::string_view fields = in.bytes(in.left());
  if (!in.ok() || !file || journal::checksum(fields, format_seed) != sum) {
    return Error{Fault::corrupt, fmt::format("{}: its checksum does not fit", path.string())};
  }
  return within(path.string(), decode_snapshot(fields));
}

}  // namespace

Result<SnapshotFolder> SnapshotFolder::open(std::filesystem::path folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  SnapshotFolder opened(std::move(folder));
  std::filesystem::directory_iterator files(opened.folder_, problem);
  for (; !problem && files != std::filesystem::directory_iterator(); files.increment(problem)) {
    const std::string name = files->path().filename();
    if (!name.starts_with(name_stem)) continue;
    Position through = 0;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + name_stem.size(), end, through);
    if (read.ec == std::errc() && read.ptr == end) opened.kept_.push_back(through);
  }
  if (problem) {
    return Error{Fault::unavailable,
                 fmt::format("{}: {}", opened.folder_.string(), problem.message())};
  }
  std::ranges::sort(opened.kept_);
  return opened;
}

Result<std::optional<Snapshot>> SnapshotFolder::newest() {
  std::string problems;
  std::vector<std::filesystem::path> damaged;
  while (!kept_.empty()) {
    const std::filesystem::path file = file_of(kept_.back());
    Result<Snapshot> snapshot = read_snapshot(file);
    if (snapshot.ok()) {
      for (const auto& path : damaged) OK_OR_RETURN(set_aside(path));
      return std::optional(std::move(snapshot).value());
    }
    problems += snapshot.error().message + "; ";
    damaged.push_back(file);
    kept_.pop_back();
  }
  if (problems.empty()) return std::optional<Snapshot>();
  return Error{Fault::corrupt,
               fmt::format("{}no snapshot of the sources is whole. Restore {} from a backup, or "
                           "remove it: then Idempotency-Keys of the last 24 hours may be forgotten",
                           problems, folder_.string())};
}

Result<void> SnapshotFolder::write(Position through, std::string_view bytes) {
  std::string whole;
  whole.reserve(sizeof(std::uint64_t) + bytes.size());
  journal::put(whole, journal::checksum(bytes, format_seed));
  whole += bytes;
  const std::filesystem::path temporary = folder_ / "next.part";
  OK_OR_RETURN(write_durably(temporary, whole));
  if (::rename(temporary.c_str(), file_of(through).c_str()) != 0) return failed(temporary);
  OK_OR_RETURN(sync_folder(folder_));
  kept_.push_back(through);
  while (kept_.size() > files_kept) {
    OK_OR_RETURN(remove(kept_.front()));
    kept_.erase(kept_.begin());
  }
  return {};
}

Result<void> SnapshotFolder::remove(Position through) {
  const std::filesystem::path file = file_of(through);
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return failed(file);
  return {};
}

std::filesystem::path SnapshotFolder::file_of(Position through) const {
  return folder_ / fmt::format("{}{:020}", name_stem, through);
}

}  // namespace weir::collect
