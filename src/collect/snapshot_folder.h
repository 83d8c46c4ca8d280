// Keeps the two newest snapshots in a folder, each a checksummed file that is written whole or not
// at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "collect/snapshot.h"
#include "core/position.h"
#include "core/result.h"

namespace weir::collect {

// Owned by one thread at a time.
class SnapshotFolder {
 public:
  static Result<SnapshotFolder> open(std::filesystem::path folder);

  // The newest one that is whole, damaged ones set aside; nothing in a new folder. Fault::corrupt:
  // there are snapshots, and all are damaged.
  Result<std::optional<Snapshot>> newest();
  // `bytes` are of a snapshot through `through`.
  Result<void> write(Position through, std::string_view bytes);
  // Through where the newest reaches, and the one before it; 0: there is none.
  Position newest_through() const { return kept_.empty() ? 0 : kept_.back(); }
  Position before_newest() const { return kept_.size() < 2 ? 0 : kept_[kept_.size() - 2]; }

 private:
  explicit SnapshotFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path file_of(Position through) const;

  std::filesystem::path folder_;
  std::vector<Position> kept_;  // oldest first
};

}  // namespace weir::collect
