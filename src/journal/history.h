// What the journal no longer needs but its topics still keep: a folder for each topic, a file for
// each segment that had entries of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/block_source.h"
#include "journal/identity.h"
#include "journal/journal.h"
#include "journal/segments.h"

namespace weir::journal {

struct HistoryHeader {
  static constexpr std::uint64_t magic_word = 0x3154534948455257;  // "WREHIST1"

  std::uint64_t magic = magic_word;
  std::uint64_t sum = 0;  // of the bytes behind it
  Position from = 0;      // the segment it was copied from
  Position to = 0;
  std::int64_t newest = 0;  // acceptance of its last entry
  std::uint64_t bytes = 0;  // the whole file
  std::uint64_t entries = 0;
  Position before = 0;  // where the topic's file before it ends; 0: it is the first
};
static_assert(sizeof(HistoryHeader) == 64);

struct HistoryFile {
  std::filesystem::path path;
  HistoryHeader header;
};

// Of all topics, ordered by topic, then position. Fault::corrupt names a file that is damaged.
Result<std::map<std::string, std::vector<HistoryFile>>> list_history(
    const std::filesystem::path& folder, std::uint64_t seed);

// A topic's entries that should be there and are not.
struct Gap {
  Position from = 0;
  Position to = 0;
  Error error;  // Fault::corrupt, names the file
};

// Where files are missing: each names the one before it, and the identity the newest. Of a journal
// that runs meanwhile, `then` is what was known before the files were listed, `now` after it: what
// was copied since then, or given up by now, may be there or not.
std::vector<Gap> find_gaps(const std::filesystem::path& folder_of_topic,
                           const std::vector<HistoryFile>& files, const Identity& then,
                           const Identity& now);

// What some topics keep of one former segment.
struct HistoryRange {
  Position from = 0;
  Position to = 0;
  std::vector<std::filesystem::path> files;
};

// Any thread may call; one at a time copies.
class History {
 public:
  // Files from `identity.released` on are of segments that are still there: they are copied again.
  // Fault::corrupt names a file that is missing.
  static Result<std::unique_ptr<History>> open(std::filesystem::path folder,
                                               const Identity& identity);

  // Copies a sealed segment's entries to their topics, but those that were dropped. All of it is
  // durable after it. The topics that got a file.
  Result<std::vector<std::string>> copy(const Segment& segment, const Identity& identity);
  // Removes what is kept of the topic before `position`.
  Result<void> drop_before(const std::string& topic, Position position);
  // Where what Journal::retain leaves of the topic begins; 0: nothing is to go.
  Position retained_from(const std::string& topic, Instant before, std::size_t bytes_max) const;
  // The first range beyond `from` and before `boundary` that has a wanted topic.
  std::optional<HistoryRange> find(Position from, Position boundary, const Filter& filter) const;

 private:
  struct Range {
    Position to = 0;
    std::map<std::string, HistoryFile> files;
  };

  History(std::filesystem::path folder, std::uint64_t seed)
      : folder_(std::move(folder)), seed_(seed) {}
  Result<void> drop(Position from, const std::string& topic);

  const std::filesystem::path folder_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::map<Position, Range> ranges_;  // by where they begin
};

}  // namespace weir::journal
