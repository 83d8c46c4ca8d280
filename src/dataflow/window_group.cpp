#include "dataflow/window_group.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "journal/heads.h"

namespace weir::dataflow {

Result<std::unique_ptr<WindowGroup>> WindowGroup::make(
    const sql::GroupNode& group, std::shared_ptr<const Schema> output,
    const std::shared_ptr<engine::Database>& database) {
  ASSERT(group.window.has_value());
  TRY(Aggregation aggregation, Aggregation::make(group, database));
  return std::unique_ptr<WindowGroup>(
      new WindowGroup(group, std::move(output), std::move(aggregation)));
}

WindowGroup::WindowGroup(const sql::GroupNode& group, std::shared_ptr<const Schema> output,
                         Aggregation aggregation)
    : keys_(group.keys),
      window_(*group.window),
      spans_(window_),
      output_(std::move(output)),
      aggregation_(std::move(aggregation)),
      closed_(journal::no_watermark) {
  for (std::size_t i = 0; i < keys_; ++i) {
    if (i != window_.start_key && i != window_.end_key) key_columns_.push_back(i);
  }
}

Result<Chunk> WindowGroup::push(const Chunk& chunk, Findings& findings) {
  auto closed = std::make_shared<Batch>(output_);
  OK_OR_RETURN(add_rows(chunk, *closed, findings));
  OK_OR_RETURN(advance(chunk.watermark, chunk.accepted, *closed, findings));
  return Chunk{.rows = std::move(closed), .accepted = chunk.accepted};
}

Result<void> WindowGroup::add_rows(const Chunk& chunk, Batch& closed, Findings& findings) {
  const Batch& rows = *chunk.rows;
  row_keys_.encode(rows, key_columns_);
  placed_.clear();
  Spot spot;
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    const WindowBounds bounds = spans_.bounds_of(rows, row);
    if (row == 0 || bounds != spot.bounds) {
      spot = {bounds, spans_.first_end(bounds), spans_.last_end(bounds)};
    }
    const std::int64_t passed = std::max(closed_, chunk.watermark_at(row));
    if (spot.first_end <= passed) {
      const std::uint32_t origin = chunk.origin_of(row);
      if (findings.late.empty() || findings.late.back() != origin) findings.late.push_back(origin);
      if (spot.last_end <= passed) continue;
      if (passed > closed_) {
        add_placed(chunk);
        OK_OR_RETURN(advance(passed, chunk.accepted, closed, findings));
        spot.table = nullptr;
      }
    }
    if (spot.table == nullptr) {
      const auto found = open_.find(bounds);
      spot.table = found != open_.end()
                       ? &found->second
                       : &open_.emplace(bounds, aggregation_.new_table()).first->second;
    }
    const std::size_t group = spot.table->find_or_add(row_keys_.key(row), row_keys_.hash(row));
    placed_.push_back({{spot.table, group}, row});
  }
  add_placed(chunk);
  return {};
}

void WindowGroup::add_placed(const Chunk& chunk) {
  aggregation_.add(chunk, placed_);
  placed_.clear();
}

Result<void> WindowGroup::advance(std::int64_t watermark, Instant accepted, Batch& closed,
                                  Findings& findings) {
  if (watermark <= closed_) return {};
  std::deque<Closing> closing;
  if (spans_.hops()) {
    take_panes(watermark, closing);
  } else {
    while (!open_.empty() && open_.begin()->first.end <= watermark) {
      closing.push_back({open_.begin()->first, std::move(open_.begin()->second)});
      open_.erase(open_.begin());
    }
  }
  closed_ = watermark;
  return emit(closing, accepted, closed, findings);
}

void WindowGroup::take_panes(std::int64_t watermark, std::deque<Closing>& closing) {
  const std::int64_t slide = spans_.slide();
  while (!open_.empty()) {
    const WindowBounds& pane = open_.begin()->first;
    const std::int64_t size = spans_.size(pane);
    std::int64_t end = spans_.first_end(pane);
    // Windows up to `closed_` were given before; the panes left are for the later ones.
    if (end <= closed_) end += floor_to(closed_ - end, slide) + slide;
    if (end > watermark) return;
    const WindowBounds window{end, end - size};
    closing.push_back({window, merged(window)});
    closed_ = end;
    while (!open_.empty() && spans_.last_end(open_.begin()->first) <= end) {
      open_.erase(open_.begin());
    }
  }
}

GroupTable WindowGroup::merged(const WindowBounds& window) {
  GroupTable merged = aggregation_.new_table();
  for (auto& [pane, groups] : open_) {
    if (pane.start < window.start || pane.end > window.end) continue;
    for (std::size_t from = 0; from < groups.size(); ++from) {
      const std::size_t to = merged.find_or_add(groups.key(from), groups.hash(from));
      aggregation_.merge({&merged, to}, {&groups, from});
    }
  }
  return merged;
}

Result<void> WindowGroup::emit(std::deque<Closing>& closing, Instant accepted, Batch& closed,
                               Findings& findings) {
  Batch rows(output_);
  std::vector<GroupPlace> groups;
  for (Closing& window : closing) {
    for (std::size_t group = 0; group < window.table.size(); ++group) {
      // Every row of it was taken back.
      if (window.table.rows(group) <= 0) continue;
      append_keys(window.bounds, window.table.key(group), rows);
      groups.push_back({&window.table, group});
    }
  }
  if (groups.empty()) return {};
  TRY(const std::vector<std::size_t> failed,
      aggregation_.complete(rows, groups, accepted, findings));
  closed.append_range(rows, 0, groups.size() - failed.size());
  return {};
}

void WindowGroup::append_keys(const WindowBounds& bounds, std::string_view key, Batch& rows) const {
  rows.column(window_.start_key).append(bounds.start);
  rows.column(window_.end_key).append(bounds.end);
  for (const std::size_t i : key_columns_) append_from_key_bytes(rows.column(i), key);
}

void WindowGroup::save(StateWriter& writer) const {
  aggregation_.save(writer);
  writer.number(closed_);
  writer.number<std::uint64_t>(open_.size());
  for (const auto& [bounds, table] : open_) {
    writer.number(bounds);
    table.save(writer);
  }
}

Result<void> WindowGroup::load(StateReader& reader, const KeyFilter& takes) {
  aggregation_.load(reader);
  closed_ = std::max(closed_, reader.number<std::int64_t>());
  const auto count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto bounds = reader.number<WindowBounds>();
    if (!reader.ok()) return other_form();
    GroupTable table = aggregation_.new_table();
    auto [place, is_new] = open_.try_emplace(bounds, std::move(table));
    OK_OR_RETURN(place->second.load(reader, takes));
  }
  return {};
}

}  // namespace weir::dataflow
