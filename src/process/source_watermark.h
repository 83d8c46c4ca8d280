// Tells how far event time has come at each row of a source, from the journal's order alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/column.h"
#include "journal/heads.h"

namespace weir::process {

// The newest event time so far less the lateness, in microseconds; it never goes back. Where
// batches begin and end makes no difference.
class SourceWatermark {
 public:
  explicit SourceWatermark(std::chrono::microseconds lateness) : lateness_(lateness.count()) {}

  std::int64_t value() const { return value_; }
  // The watermark in force before each row of `times`, a TIMESTAMP column without nulls.
  std::vector<std::int64_t> follow(const journal::EventsHead& head, const Column& times);
  // True: every window that is open must close.
  bool raise(const journal::WatermarkHead& head);

 private:
  std::int64_t lateness_;
  std::int64_t newest_ = journal::no_watermark;
  std::int64_t value_ = journal::no_watermark;
};

}  // namespace weir::process
