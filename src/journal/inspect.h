// Looks into a journal from outside, whether it runs or not: it takes no lock and changes nothing.
// What stands behind `weir journal stat, check, dump`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "journal/journal.h"

namespace weir::journal {

// The entries of one kind in one topic.
struct TopicStat {
  std::string topic;
  Kind kind = Kind::events;
  std::uint64_t entries = 0;
  std::uint64_t rows = 0;   // of the first batch
  std::uint64_t bytes = 0;  // of the entries' blocks
};

struct JournalStat {
  std::string id;
  std::uint64_t epoch = 0;
  Position oldest = 0;
  Position end = 0;
  std::size_t segments = 0;
  std::uint64_t segment_bytes = 0;  // on disk, room not yet written included
  std::size_t history_files = 0;
  std::uint64_t history_bytes = 0;
  std::vector<TopicStat> topics;  // by topic, then kind; without what was dropped
};

struct JournalCheck {
  std::uint64_t entries = 0;  // whose sums are right
  std::uint64_t bytes = 0;
  std::vector<std::string> damage;  // "file: byte N: what is wrong"
};

// `folder` is the one that Journal::open takes. Fault::not_found: no journal there;
// Fault::corrupt names file and byte of what could not be read.
// Of these topics alone only their history is read; none: of all.
Result<JournalStat> stat_journal(const std::filesystem::path& folder,
                                 const std::vector<std::string>& topics = {});
// Compares every sum in journal and history and goes on behind what is damaged. What is not
// finished at the journal's end is no damage.
Result<JournalCheck> check_journal(const std::filesystem::path& folder);
// The first entries from `from` on; the next ones are from the last one's `end` on.
Result<std::vector<Placed>> dump_journal(const std::filesystem::path& folder, const Filter& filter,
                                         Position from, std::size_t entries_max);

// A segment, and how much of it is whole groups.
struct WholeSegment {
  std::filesystem::path path;
  Position end = 0;
  std::uint64_t bytes = 0;
};
// All that a copy of the journal's segments has to hold, to end with a group that was whole when
// this was asked; a running journal goes on writing behind it. None may be released meanwhile.
// Fault::corrupt names what is damaged in the newest.
Result<std::vector<WholeSegment>> whole_segments(const std::filesystem::path& folder);

// "events", "commit" ...
const char* to_string(Kind kind);

}  // namespace weir::journal
