#include "dataflow/window_spans.h"

namespace weir::dataflow {

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t WindowSpans::first_end(const WindowBounds& bounds) const {
  if (!window_.hop) return bounds.end;
  const std::int64_t slide = window_.hop->slide.count();
  const std::int64_t size = window_.hop->size.count();
  const std::int64_t shift = window_.hop->shift.count();
  // The first start after `end - size - 1`: a window that still reaches over the pane.
  return floor_to(bounds.end - size - shift + slide - 1, slide) + shift + size;
}

std::int64_t WindowSpans::last_end(const WindowBounds& bounds) const {
  if (!window_.hop) return bounds.end;
  const std::int64_t shift = window_.hop->shift.count();
  return floor_to(bounds.start - shift, window_.hop->slide.count()) + shift +
         window_.hop->size.count();
}

}  // namespace weir::dataflow
