// The small fields of each kind of entry, as every room that reads it must understand them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "core/schema.h"
#include "journal/entry.h"

namespace weir::journal {

// No event was seen yet: every event is on time.
constexpr std::int64_t no_watermark = std::numeric_limits<std::int64_t>::min();

// In a commit: every window that is open so far closes, as by a WatermarkHead without `at`. The
// commit after it says what the watermark is.
constexpr std::int64_t end_of_windows = std::numeric_limits<std::int64_t>::max();

// Kind::events. batches: [0] the accepted rows, in the source's schema.
struct EventsHead {
  std::int64_t watermark_before = no_watermark;  // microseconds, in force at the first row
  std::int64_t newest_before = no_watermark;     // the newest event time of all rows before it
  std::int64_t lateness = 0;                     // microseconds, in force when it was accepted
};

// Kind::watermark: `at`, or nothing: every window open so far closes.
struct WatermarkHead {
  std::optional<Instant> at;
};

// Kind::commit: one stream's batch of work, made true by one record. topic: the stream. A batch of
// work too large for one record is made true by the last of several, which have the same head but
// for the part and count together (WholeCommits).
// batches: [0] output rows (a last BIGINT column `_weight` where rows are taken back),
// [1] rows that came late, in the input's schema, [2] rows that an expression failed on
// (quarantine), [3] where each row of [0] has a place in event time that depends on the row, one
// BIGINT column, the watermark at each of these rows; else all rows stand behind the watermark
// of the commit before. A batch that is null has no rows.
struct CommitHead {
  std::uint64_t generation = 0;           // grows when the stream's plan is replaced
  std::uint64_t sequence = 0;             // one more than that of the commit before, from 1
  Position through = 0;                   // input before it is processed
  std::int64_t watermark = no_watermark;  // of the output
  std::uint64_t rows_in = 0;              // input rows in this batch, for row accounting
  std::uint32_t part = 0;                 // of its commit, from 0
  bool is_last = true;                    // without it the parts before it count for nothing
};

// Kind::replay: rows that were set aside and are sent again, in one group with the events that they
// became: either both are durable, or neither is. topic: the source. batches: [0] which rows, by
// the topic and position of their entry and the number of the row in it, from 0. No head.
std::shared_ptr<const Schema> replay_schema();

std::string encode(const EventsHead& head);
std::string encode(const WatermarkHead& head);
std::string encode(const CommitHead& head);
// Fault::corrupt where the bytes are none.
Result<EventsHead> decode_events_head(std::string_view bytes);
Result<WatermarkHead> decode_watermark_head(std::string_view bytes);
Result<CommitHead> decode_commit_head(std::string_view bytes);

// Puts the parts of one stream's commits together. Parts that a crash left without their last are
// dropped: the stream makes that commit once more.
class WholeCommits {
 public:
  // All parts of a commit, once its last one was taken; nothing before.
  Result<std::vector<Placed>> take(Placed part);
  // Where the commit begins of which some parts were taken.
  std::optional<Position> begun() const;

 private:
  std::vector<Placed> parts_;
};

}  // namespace weir::journal
