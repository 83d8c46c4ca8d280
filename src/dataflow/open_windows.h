// Gives each row once for every window it belongs to that is still open, for groups that tell of
// their changes before the windows close.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "dataflow/operator.h"
#include "dataflow/window_spans.h"

namespace weir::dataflow {

// Owned by one thread.
class OpenWindows {
 public:
  explicit OpenWindows(const sql::WindowSpec& window) : window_(window), spans_(window) {}

  // The rows with their windows' bounds; those that came late for a window are listed.
  Chunk expand(const Chunk& chunk, Findings& findings) const;
  // Windows that end at or before it are closed.
  void advance(std::int64_t watermark) { closed_ = std::max(closed_, watermark); }
  std::int64_t closed() const { return closed_; }

 private:
  sql::WindowSpec window_;
  WindowSpans spans_;
  std::int64_t closed_ = journal::no_watermark;
};

}  // namespace weir::dataflow
