// Which windows a row belongs to, told from the bounds that the plan put into its columns.
#pragma once

#include <cstdint>

#include "core/batch.h"
#include "sql/plan.h"

namespace weir::dataflow {

// Where rows' window bounds lie, in microseconds. Ordered as windows close.
struct WindowBounds {
  std::int64_t end = 0;
  std::int64_t start = 0;

  friend auto operator<=>(const WindowBounds&, const WindowBounds&) = default;
};

class WindowSpans {
 public:
  explicit WindowSpans(const sql::WindowSpec& window) : window_(window) {}

  bool hops() const { return window_.hop.has_value(); }
  std::int64_t slide() const { return window_.hop->slide.count(); }
  // The length of the window with these bounds, or of those that a pane is part of.
  std::int64_t size(const WindowBounds& bounds) const {
    return hops() ? window_.hop->size.count() : bounds.end - bounds.start;
  }
  // Of the window, or of the pane in a hop.
  WindowBounds bounds_of(const Batch& rows, std::size_t row) const {
    return {rows.column(window_.end_key).values<std::int64_t>()[row],
            rows.column(window_.start_key).values<std::int64_t>()[row]};
  }
  // Where the first and the last of the row's windows end.
  std::int64_t first_end(const WindowBounds& bounds) const;
  std::int64_t last_end(const WindowBounds& bounds) const;

 private:
  sql::WindowSpec window_;
};

// The largest multiple of `step` at or below `value`.
std::int64_t floor_to(std::int64_t value, std::int64_t step);

}  // namespace weir::dataflow
