#include "process/window_group.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "journal/heads.h"
#include "process/key_bytes.h"

namespace weir::process {
namespace {

// The largest multiple of `step` at or below `value`.
std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

}  // namespace

Result<WindowGroup> WindowGroup::make(const sql::GroupNode& group) {
  ASSERT(group.window.has_value());
  std::vector<Accumulation> accumulations;
  for (const sql::Aggregate& aggregate : group.aggregates) {
    TRY(Accumulation accumulation,
        Accumulation::make(aggregate, *group.input->output, !group.input->append_only));
    accumulations.push_back(std::move(accumulation));
  }
  return WindowGroup(group, std::move(accumulations));
}

WindowGroup::WindowGroup(const sql::GroupNode& group, std::vector<Accumulation> accumulations)
    : keys_(group.keys),
      window_(*group.window),
      accumulations_(std::move(accumulations)),
      closed_(journal::no_watermark) {}

void WindowGroup::push(const Chunk& chunk, Batch& closed, std::vector<std::uint32_t>& late) {
  for (std::size_t row = 0; row < chunk.rows->rows(); ++row) {
    const WindowBounds bounds = bounds_of(*chunk.rows, row);
    const std::int64_t passed = std::max(closed_, chunk.watermark_before(row));
    if (first_end(bounds) <= passed) {
      const std::uint32_t origin = chunk.origin_of(row);
      if (late.empty() || late.back() != origin) late.push_back(origin);
      if (last_end(bounds) <= passed) continue;
      advance(passed, closed);
    }
    add(bounds, chunk, row);
  }
}

WindowBounds WindowGroup::bounds_of(const Batch& rows, std::size_t row) const {
  return {rows.column(window_.end_key).values<std::int64_t>()[row],
          rows.column(window_.start_key).values<std::int64_t>()[row]};
}

std::int64_t WindowGroup::first_end(const WindowBounds& pane) const {
  if (!window_.hop) return pane.end;
  const std::int64_t slide = window_.hop->slide.count();
  const std::int64_t size = window_.hop->size.count();
  const std::int64_t shift = window_.hop->shift.count();
  // The first start after `pane.end - size - 1`: a window that still reaches over the pane.
  return floor_to(pane.end - size - shift + slide - 1, slide) + shift + size;
}

std::int64_t WindowGroup::last_end(const WindowBounds& pane) const {
  if (!window_.hop) return pane.end;
  const std::int64_t shift = window_.hop->shift.count();
  return floor_to(pane.start - shift, window_.hop->slide.count()) + shift +
         window_.hop->size.count();
}

void WindowGroup::add(const WindowBounds& bounds, const Chunk& chunk, std::size_t row) {
  key_.clear();
  for (std::size_t i = 0; i < keys_; ++i) {
    if (i == window_.start_key || i == window_.end_key) continue;
    append_key_bytes(key_, chunk.rows->column(i), row);
  }
  GroupTable& table = open_.try_emplace(bounds, accumulations_.size()).first->second;
  const std::size_t group = table.find_or_add(key_);
  table.rows(group) += chunk.weight(row);
  const std::span<Accumulator> accumulators = table.accumulators(group);
  for (std::size_t i = 0; i < accumulations_.size(); ++i) {
    accumulations_[i].add(accumulators[i], *chunk.rows, row, chunk.weight(row));
  }
}

void WindowGroup::advance(std::int64_t watermark, Batch& closed) {
  if (window_.hop) {
    close_panes(watermark, closed);
  } else {
    while (!open_.empty() && open_.begin()->first.end <= watermark) {
      emit(open_.begin()->first, open_.begin()->second, closed);
      open_.erase(open_.begin());
    }
  }
  closed_ = std::max(closed_, watermark);
}

void WindowGroup::close_all(Batch& closed) {
  if (!open_.empty()) advance(last_end(open_.rbegin()->first), closed);
}

void WindowGroup::close_panes(std::int64_t watermark, Batch& closed) {
  const std::int64_t slide = window_.hop->slide.count();
  const std::int64_t size = window_.hop->size.count();
  while (!open_.empty()) {
    std::int64_t end = first_end(open_.begin()->first);
    // Windows up to `closed_` were given before; the panes left are for the later ones.
    if (end <= closed_) end += floor_to(closed_ - end, slide) + slide;
    if (end > watermark) return;
    GroupTable groups = merged(end - size, end);
    emit({end, end - size}, groups, closed);
    closed_ = end;
    while (!open_.empty() && last_end(open_.begin()->first) <= end) open_.erase(open_.begin());
  }
}

GroupTable WindowGroup::merged(std::int64_t start, std::int64_t end) {
  GroupTable window(accumulations_.size());
  for (auto& [pane, groups] : open_) {
    if (pane.start < start || pane.end > end) continue;
    for (std::size_t from = 0; from < groups.size(); ++from) {
      const std::size_t to = window.find_or_add(groups.key(from));
      window.rows(to) += groups.rows(from);
      for (std::size_t i = 0; i < accumulations_.size(); ++i) {
        accumulations_[i].merge(window.accumulators(to)[i], groups.accumulators(from)[i]);
      }
    }
  }
  return window;
}

void WindowGroup::emit(const WindowBounds& bounds, GroupTable& table, Batch& closed) const {
  for (std::size_t group = 0; group < table.size(); ++group) {
    // Every row of it was taken back.
    if (table.rows(group) == 0) continue;
    std::string_view key = table.key(group);
    for (std::size_t i = 0; i < keys_; ++i) {
      if (i == window_.start_key) {
        closed.column(i).append(bounds.start);
      } else if (i == window_.end_key) {
        closed.column(i).append(bounds.end);
      } else {
        append_from_key_bytes(closed.column(i), key);
      }
    }
    for (std::size_t i = 0; i < accumulations_.size(); ++i) {
      accumulations_[i].append_result(closed.column(keys_ + i), table.accumulators(group)[i]);
    }
  }
}

}  // namespace weir::process
