#include "dataflow/plain_columns.h"

#include <cstdint>

#include "dataflow/window_spans.h"

namespace weir::dataflow {
namespace {

// Microseconds around 1970 that leave room for any window.
constexpr std::int64_t times_max = std::int64_t{1} << 61;

// False where a time is too far off.
bool append_bounds(const Column& times, const sql::PlainColumn::Bound& bound, Column& bounds) {
  const std::int64_t size = bound.size.count();
  const std::int64_t shift = bound.shift.count();
  const auto values = times.values<std::int64_t>();
  std::int64_t start = 0;
  std::int64_t end = 0;
  bounds.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::int64_t time = values[row];
    if (times.is_null(row)) {
      bounds.append_null();
      continue;
    }
    if (time < start || time >= end) {  // else it is in the window of the row before
      if (time < -times_max || time > times_max) return false;
      start = floor_to(time - shift, size) + shift;
      end = start + size;
    }
    bounds.append(bound.is_end ? end : start);
  }
  return true;
}

}  // namespace

bool PlainColumns::is_whole(const Batch& input) const {
  if (input.column_count() != columns_.size() || input.schema() != *output_) return false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].bound || columns_[i].input != i) return false;
  }
  return true;
}

std::shared_ptr<const Batch> PlainColumns::of(const std::shared_ptr<const Batch>& input) const {
  if (columns_.empty()) return nullptr;
  if (is_whole(*input)) return input;
  auto rows = std::make_shared<Batch>(output_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& from = input->column(columns_[i].input);
    if (!columns_[i].bound) {
      rows->column(i).append_range(from, 0, from.size());
    } else if (!append_bounds(from, *columns_[i].bound, rows->column(i))) {
      return nullptr;
    }
  }
  return rows;
}

}  // namespace weir::dataflow
