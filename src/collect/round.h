// Makes one group of journal entries of the requests that wait.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collect/key_record.h"
#include "collect/source_round.h"
#include "collect/submission.h"
#include "core/clock.h"
#include "journal/entry.h"
#include "journal/source_watermark.h"

namespace weir::collect {

// A request whose rows stand in the group. `key` has its receipt in the end.
struct Kept {
  Submission submission;
  KeyRecord key;  // without an Idempotency-Key its id is empty
};

struct Group {
  std::vector<journal::Entry> entries;
  std::deque<Kept> kept;
  std::map<std::size_t, journal::SourceWatermark> watermarks;  // of the sources, after the group
};

// Used by the collect thread, for one round.
class Round {
 public:
  Round(std::vector<SourceIntake>& sources, RoundTime time) : sources_(sources), time_(time) {}

  // Keeps it, or says why nothing of it was kept; then `submission` can still be answered.
  // `key_id` may be empty.
  std::optional<Refusal> add(Submission& submission, std::string key_id, std::uint64_t body_sum);
  // Of the bodies: decompressed or as columns, whichever is more.
  std::size_t bytes() const { return bytes_; }
  Group finish();

 private:
  std::vector<SourceIntake>& sources_;
  RoundTime time_;
  std::map<std::size_t, SourceRound> by_source_;
  std::deque<Kept> kept_;
  std::vector<journal::Entry> replays_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::collect
