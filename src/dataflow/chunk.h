// Rows between a stream's operators, with what journal order says of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "journal/heads.h"

namespace weir::dataflow {

// `origin` and `watermarks` lead a row back to the source's row it came from, so that a window
// decides by the watermark in force there and late rows can be listed as they arrived.
struct Chunk {
  std::shared_ptr<const Batch> rows;
  std::vector<std::int64_t> weights;  // one a row; empty: all +1
  // Row of the source's batch; empty: the same row, or no rows.
  std::vector<std::uint32_t> origin;
  std::shared_ptr<const std::vector<std::int64_t>> watermarks;  // at each row of the source
  Instant accepted;                                             // of the last row
  // One a row of the source; null: all were accepted with the last.
  std::shared_ptr<const std::vector<Instant>> acceptances;
  std::int64_t watermark = journal::no_watermark;  // after the last row
  bool ends = false;   // every window that is open after the last row closes
  bool flush = false;  // what a group holds back for emit_interval is given out now

  std::int64_t weight(std::size_t row) const { return weights.empty() ? 1 : weights[row]; }
  std::uint32_t origin_of(std::size_t row) const {
    return origin.empty() ? static_cast<std::uint32_t>(row) : origin[row];
  }
  Instant accepted_at(std::size_t row) const {
    return acceptances ? (*acceptances)[origin_of(row)] : accepted;
  }
  std::int64_t watermark_at(std::size_t row) const { return (*watermarks)[origin_of(row)]; }
};

}  // namespace weir::dataflow
