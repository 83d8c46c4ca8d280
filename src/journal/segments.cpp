#include "journal/segments.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "core/disk_room.h"

namespace weir::journal {
namespace {

constexpr std::string_view suffix = ".segment";
constexpr std::size_t digits = 16;
constexpr std::size_t spares_max = 2;
constexpr std::uint64_t segments_kept_free = 2;  // a segment's copy in history, and tables' logs

std::optional<Position> start_of(const std::string& name) {
  Position start = 0;
  if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data(), name.data() + digits, start, 16);
  if (error != std::errc() || end != name.data() + digits) return std::nullopt;
  return start;
}

}  // namespace

Result<std::vector<Segment>> list_segments(const std::filesystem::path& folder, Access access) {
  std::vector<Segment> found;
  TRY(const auto paths, list_folder(folder));
  for (const auto& path : paths) {
    const std::optional<Position> start = start_of(path.filename().string());
    if (!start) continue;
    Result<File> opened = File::open(path, access == Access::read ? O_RDONLY : O_RDWR);
    // Freed by the running journal meanwhile.
    if (!opened.ok() && opened.error().fault == Fault::not_found) continue;
    if (!opened.ok()) return opened.error();
    File file = std::move(opened).value();
    TRY(const std::uint64_t size, file.size());
    found.push_back({*start, *start + size, std::make_shared<const File>(std::move(file))});
  }
  return found;
}

std::filesystem::path segment_path(const std::filesystem::path& folder, Position start) {
  return folder / fmt::format("{:016x}{}", start, suffix);
}

Result<void> tidy_segments(const std::filesystem::path& folder) {
  TRY(const auto paths, list_folder(folder));
  for (const auto& path : paths) {
    const std::string name = path.filename().string();
    if (name.starts_with("spare-") || name == "next" || name == "reserve") {
      OK_OR_RETURN(remove_file(path));
    }
  }
  return sync_folder(folder);
}

Segments::Segments(std::filesystem::path folder, std::uint64_t segment_bytes,
                   std::vector<Segment> live)
    : folder_(std::move(folder)), segment_bytes_(segment_bytes), live_(std::move(live)) {}

Result<void> Segments::check_room(std::uint64_t bytes) const {
  const std::uint64_t kept = segments_kept_free * segment_bytes_;
  return check_disk_room(folder_, kept + bytes,
                         fmt::format(", {} MB of them kept for tables and snapshots", kept >> 20));
}

Result<Segments::Room> Segments::make_new(const char* name, std::uint64_t bytes) {
  OK_OR_RETURN(check_room(bytes));
  TRY(File file, File::open(folder_ / name, O_RDWR | O_CREAT | O_TRUNC));
  const Result<void> allocated = file.allocate(bytes);
  if (allocated.ok()) return Room{std::move(file)};
  OK_OR_RETURN(remove_file(file.path()));
  return allocated.error();
}

Result<void> Segments::remove_spares() {
  while (!spares_.empty()) {
    OK_OR_RETURN(remove_file(spares_.back().file.path()));
    spares_.pop_back();
  }
  return {};
}

Result<Segments::Room> Segments::make(std::uint64_t bytes) {
  const bool is_ordinary = bytes <= segment_bytes_;
  if (!check_room(0).ok()) OK_OR_RETURN(remove_spares());
  if (is_ordinary && !spares_.empty() && spares_.back().file.allocate(segment_bytes_).ok()) {
    Room spare = std::move(spares_.back());
    spares_.pop_back();
    return spare;
  }
  Result<Room> made = make_new("next", std::max(bytes, segment_bytes_));
  if (made.ok() || made.error().fault != Fault::unavailable || !is_ordinary || !reserve_) {
    return made;
  }
  Room reserve = std::move(*reserve_);
  reserve_.reset();
  return reserve;
}

Result<void> Segments::put_in_place(File& file, const std::optional<Segment>& newest,
                                    Position end) const {
  // The old one is cut before the next is there: where a next one is, all before it is whole.
  if (newest) {
    OK_OR_RETURN(newest->file->truncate(end - newest->start));
    OK_OR_RETURN(newest->file->sync());
  }
  OK_OR_RETURN(file.rename(segment_path(folder_, end)));
  return sync_folder(folder_);
}

Result<Segment> Segments::advance(Position end, std::uint64_t bytes) {
  std::unique_lock lock(mutex_);
  TRY(Room room, make(bytes));
  std::optional<Segment> newest;
  if (!live_.empty() && live_.back().end != end) newest = live_.back();
  lock.unlock();

  const Result<void> placed = put_in_place(room.file, newest, end);
  // Not the full disk that the caller may wait out: what is in the folder is unknown now.
  if (!placed.ok()) return Error{Fault::internal, placed.error().message};
  TRY(const std::uint64_t size, room.file.size());

  lock.lock();
  if (newest) live_.back().end = end;
  live_.push_back({end, end + size, std::make_shared<const File>(std::move(room.file)),
                   end + room.written_bytes});
  newest_is_written_ = true;
  return live_.back();
}

Result<void> Segments::restore_reserve() {
  std::lock_guard lock(mutex_);
  if (reserve_) return {};
  if (!spares_.empty() && spares_.back().file.allocate(segment_bytes_).ok()) {
    OK_OR_RETURN(spares_.back().file.rename(folder_ / "reserve"));
    reserve_ = std::move(spares_.back());
    spares_.pop_back();
    return {};
  }
  TRY(reserve_, make_new("reserve", segment_bytes_));
  return {};
}

std::optional<Segment> Segments::find(Position position) const {
  std::lock_guard lock(mutex_);
  const auto after = std::ranges::upper_bound(live_, position, {}, &Segment::start);
  if (after == live_.begin() || std::prev(after)->end <= position) return std::nullopt;
  return *std::prev(after);
}

std::vector<Segment> Segments::before(Position position) const {
  std::lock_guard lock(mutex_);
  std::vector<Segment> found;
  for (const Segment& segment : live_) {
    // Even where its last group fills it, the newest is sealed only by the next.
    const bool is_written = newest_is_written_ && &segment == &live_.back();
    if (segment.end <= position && !is_written) found.push_back(segment);
  }
  return found;
}

std::optional<Position> Segments::oldest() const {
  std::lock_guard lock(mutex_);
  if (live_.empty()) return std::nullopt;
  return live_.front().start;
}

Result<void> Segments::free(Position start) {
  std::lock_guard lock(mutex_);
  ASSERT(!live_.empty() && live_.front().start == start);
  const std::shared_ptr<const File>& file = live_.front().file;
  const bool is_read = file.use_count() > 1;
  TRY(const std::uint64_t size, file->size());
  const bool is_worth_keeping =
      size <= segment_bytes_ && size >= segment_bytes_ / 2 && check_room(0).ok();
  if (is_read || !is_worth_keeping || spares_.size() >= spares_max) {
    OK_OR_RETURN(remove_file(file->path()));
  } else {
    TRY(File spare, File::open(file->path(), O_RDWR));
    OK_OR_RETURN(spare.rename(folder_ / fmt::format("spare-{}", ++spares_made_)));
    spares_.push_back({std::move(spare), size});
  }
  live_.erase(live_.begin());
  // One after the other: a younger one that is gone before an older one would look like damage.
  return sync_folder(folder_);
}

}  // namespace weir::journal
