// Reads on from memory, a segment or history, wherever its place is.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "journal/block_source.h"
#include "journal/history.h"
#include "journal/journal.h"
#include "journal/segments.h"
#include "journal/tail.h"

namespace weir::journal {

// Where a journal's entries are, from oldest to newest.
struct Kept {
  std::uint64_t seed = 0;
  History& history;
  Segments& segments;
  Tail& tail;
};

// Owned by one thread; goes before the journal does.
class JournalReader final : public Reader {
 public:
  // Passes over what was dropped.
  JournalReader(const Kept& kept, TopicMarks dropped, Filter filter, Position from);

  Result<std::optional<Placed>> next() override;
  Position place() const override { return place_; }

 private:
  // Looks on from `looked_`: finds entries in memory, or opens what holds them.
  Result<void> look();
  Result<std::unique_ptr<BlockSource>> open(const HistoryRange& range, Position boundary) const;
  // The next wanted block of `source_`; without one, `source_` is done.
  Result<std::optional<Placed>> next_stored();

  const Kept kept_;
  const TopicMarks dropped_;
  const Filter filter_;
  Position place_;
  Position looked_;  // all that is wanted before it is in `found_` or was given
  std::deque<Placed> found_;
  std::unique_ptr<BlockSource> source_;
  BlockDecoder decoder_;
};

}  // namespace weir::journal
