// Tells how far event time has come at each row of a source, from the journal's order alone.
#pragma once

#include <cstdint>
#include <vector>

#include "core/column.h"
#include "journal/heads.h"

namespace weir::journal {

// The newest event time so far less the lateness, in microseconds; it never goes back. Where
// batches begin and end makes no difference.
class SourceWatermark {
 public:
  std::int64_t value() const { return value_; }
  std::int64_t newest() const { return newest_; }
  // Goes on from what an earlier one had come to.
  void restore(std::int64_t value, std::int64_t newest) { value_ = value, newest_ = newest; }
  // The watermark in force at each row of `times`, a TIMESTAMP column without nulls. The row itself
  // counts, which makes none late: its window ends behind it. The head says by which lateness, so
  // that a setting changed since then changes nothing of the past.
  std::vector<std::int64_t> follow(const EventsHead& head, const Column& times);
  // True: every window that is open must close.
  bool raise(const WatermarkHead& head);

 private:
  std::int64_t newest_ = no_watermark;
  std::int64_t value_ = no_watermark;
};

}  // namespace weir::journal
