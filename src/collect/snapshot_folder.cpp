#include "collect/snapshot_folder.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "journal/bytes.h"
#include "journal/file.h"

namespace weir::collect {
namespace {

constexpr std::string_view name_stem = "snapshot-";
constexpr std::uint64_t format_seed = 0x31'4c'4c'4f'43'52'49'57;  // the format's version
constexpr std::size_t files_kept = 2;

// Out of the way of later starts, yet there to be looked at.
Result<void> set_aside(const std::filesystem::path& file) {
  std::filesystem::path aside = file;
  aside.replace_filename("damaged-" + file.filename().string());
  TRY(journal::File damaged, journal::File::open(file, O_RDONLY));
  return damaged.rename(aside);
}

Result<Snapshot> read_snapshot(const std::filesystem::path& path) {
  TRY(const std::string bytes, journal::read_file(path));
  journal::ByteReader in(bytes);
  const auto sum = in.number<std::uint64_t>();
  const std::string_view fields = in.bytes(in.left());
  if (!in.ok() || journal::checksum(fields, format_seed) != sum) {
    return Error{Fault::corrupt, fmt::format("{}: its checksum does not fit", path.string())};
  }
  return within(path.string(), decode_snapshot(fields));
}

}  // namespace

Result<SnapshotFolder> SnapshotFolder::open(std::filesystem::path folder) {
  OK_OR_RETURN(journal::make_folder(folder));
  TRY(const auto files, journal::list_folder(folder));
  SnapshotFolder opened(std::move(folder));
  for (const auto& file : files) {
    const std::string name = file.filename();
    if (!name.starts_with(name_stem)) continue;
    Position through = 0;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + name_stem.size(), end, through);
    if (read.ec == std::errc() && read.ptr == end) opened.kept_.push_back(through);
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
    if (snapshot.error().fault != Fault::corrupt) return snapshot.error();
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
  OK_OR_RETURN(journal::replace_file(file_of(through), whole));
  kept_.push_back(through);
  while (kept_.size() > files_kept) {
    OK_OR_RETURN(journal::remove_file(file_of(kept_.front())));
    kept_.erase(kept_.begin());
  }
  return {};
}

std::filesystem::path SnapshotFolder::file_of(Position through) const {
  return folder_ / fmt::format("{}{:020}", name_stem, through);
}

}  // namespace weir::collect
