#include "dataflow/open_windows.h"

namespace weir::dataflow {
namespace {

// A row's place in the chunk, and where its window ends.
struct RowWindow {
  std::uint32_t row = 0;
  WindowBounds bounds;
};

Column times(const std::vector<RowWindow>& windows, std::int64_t WindowBounds::* bound) {
  Column column(Type{.id = TypeId::timestamp});
  for (const RowWindow& window : windows) column.append(window.bounds.*bound);
  return column;
}

}  // namespace

Chunk OpenWindows::expand(const Chunk& chunk, Findings& findings) const {
  std::vector<RowWindow> windows;
  for (std::uint32_t row = 0; row < chunk.rows->rows(); ++row) {
    const WindowBounds bounds = spans_.bounds_of(*chunk.rows, row);
    const std::int64_t passed = std::max(closed_, chunk.watermark_at(row));
    std::int64_t end = spans_.first_end(bounds);
    if (end <= passed) {
      const std::uint32_t origin = chunk.origin_of(row);
      if (findings.late.empty() || findings.late.back() != origin) findings.late.push_back(origin);
    }
    if (!spans_.hops()) {
      if (end > passed) windows.push_back({row, bounds});
      continue;
    }
    for (const std::int64_t last = spans_.last_end(bounds); end <= last; end += spans_.slide()) {
      if (end > passed) windows.push_back({row, {end, end - spans_.size(bounds)}});
    }
  }

  Chunk expanded = chunk;
  std::vector<std::uint32_t> rows;
  expanded.origin.clear();
  expanded.weights.clear();
  for (const RowWindow& window : windows) {
    rows.push_back(window.row);
    expanded.origin.push_back(chunk.origin_of(window.row));
    if (!chunk.weights.empty()) expanded.weights.push_back(chunk.weight(window.row));
  }
  auto batch = std::make_shared<Batch>(chunk.rows->shared_schema());
  batch->append_rows(*chunk.rows, rows);
  batch->column(window_.start_key) = times(windows, &WindowBounds::start);
  batch->column(window_.end_key) = times(windows, &WindowBounds::end);
  expanded.rows = std::move(batch);
  return expanded;
}

}  // namespace weir::dataflow
