// Keeps a stream's state on disk, so that recovery replays seconds of input and not all of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/position.h"
#include "core/result.h"

namespace weir::process {

// All of a stream behind one of its commits.
struct Snapshot {
  std::string plan_hash;
  std::string journal_id;
  std::uint64_t generation = 0;
  std::uint64_t sequence = 0;  // of the commit; 0: before the first
  Position through = 0;        // input before it is in the state
  Position commit_end = 0;     // behind the commit
  // Hashes of the static tables it joins, as it has joined them since, by name.
  std::map<std::string, std::uint64_t> tables;
  // What else than the SQL decides what the plan means, in words: "time_zone" is "UTC". Only for
  // saying what changed.
  std::map<std::string, std::string> surroundings;
  std::string state;
};

// A folder with the two newest snapshots, one file each. Written by one thread; any may ask what
// is needed().
class SnapshotFolder {
 public:
  // Whether one was ever written to the folder. Without one the stream is new.
  static Result<bool> has_any(const std::filesystem::path& folder);
  // Makes the folder where it is not there.
  static Result<std::unique_ptr<SnapshotFolder>> open(std::filesystem::path folder);

  // The newest that can be read; nothing where none was ever written. Fault::corrupt where there
  // are some and all are damaged; where none can be read, one for another reason, that is the
  // error. So is Fault::unavailable of any of them: it is not for long.
  Result<std::optional<Snapshot>> load();
  // In words, what load() passed over because it is damaged or cannot be read; empty: nothing.
  const std::string& passed_over() const { return passed_over_; }
  // Durable when it returns.
  Result<void> write(const Snapshot& snapshot);
  // Removes them, and the folder where nothing else is in it: the stream is new again.
  void take_back();
  // Where the older of them begins to need the input.
  Position needed() const { return needed_.load(); }

 private:
  struct Kept {
    std::uint64_t sequence = 0;
    Position through = 0;
  };

  explicit SnapshotFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path file_of(std::uint64_t sequence) const;
  void pass_over(const std::string& why);
  void keep(Kept kept);

  std::filesystem::path folder_;
  std::string passed_over_;
  std::vector<Kept> kept_;  // oldest first, at most two
  std::atomic<Position> needed_{0};
};

}  // namespace weir::process
