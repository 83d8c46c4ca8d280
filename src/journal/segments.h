// The journal's files: each holds an unbroken range of positions, and the next begins where it
// ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/position.h"
#include "core/result.h"
#include "journal/file.h"

namespace weir::journal {

// Its name is its first position. Full size while it is written, cut to its end when it is sealed.
struct Segment {
  Position start = 0;
  Position end = 0;  // `start` and the file's size when it was opened or sealed
  std::shared_ptr<const File> file;
  // A former use of the file wrote up to here; behind it, the room is only claimed.
  Position written_through = 0;
};

enum class Access { read, write };

// The segments in a folder in order; their ends are those of the files.
Result<std::vector<Segment>> list_segments(const std::filesystem::path& folder, Access access);

std::filesystem::path segment_path(const std::filesystem::path& folder, Position start);

// Removes what the process before left: files half made, no longer in use, or for a full disk.
Result<void> tidy_segments(const std::filesystem::path& folder);

// Any thread may call; one at a time advances.
class Segments {
 public:
  Segments(std::filesystem::path folder, std::uint64_t segment_bytes, std::vector<Segment> live);

  // Seals the newest segment at `end` and makes the next one, with room for `bytes`: a group
  // that is larger than a segment gets one of its own size. Fault::unavailable and nothing
  // changed: the disk is full and the reserve is used. It is full for the journal while there is
  // yet room for two segments: tables, snapshots and history need it to let older ones go.
  Result<Segment> advance(Position end, std::uint64_t bytes);
  // Claims the room that lets the journal finish on a full disk, unless it is claimed.
  Result<void> restore_reserve();

  std::optional<Segment> find(Position position) const;
  // Sealed segments that end at or before `position`.
  std::vector<Segment> before(Position position) const;
  std::optional<Position> oldest() const;
  // The file is used again, or removed where a reader still has it open.
  Result<void> free(Position start);

 private:
  // A file that can become a segment, and how much of it was written before.
  struct Room {
    File file;
    std::uint64_t written_bytes = 0;
  };

  Result<Room> make(std::uint64_t bytes);
  Result<Room> make_new(const char* name, std::uint64_t bytes);
  Result<void> check_room(std::uint64_t bytes) const;
  Result<void> remove_spares();
  Result<void> put_in_place(File& file, const std::optional<Segment>& newest, Position end) const;

  const std::filesystem::path folder_;
  const std::uint64_t segment_bytes_;
  mutable std::mutex mutex_;
  std::vector<Segment> live_;
  bool newest_is_written_ = false;  // by this opening
  std::vector<Room> spares_;
  std::optional<Room> reserve_;
  std::uint64_t spares_made_ = 0;
};

}  // namespace weir::journal
