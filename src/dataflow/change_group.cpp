#include "dataflow/change_group.h"

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

#include "scalars/value_bytes.h"

namespace weir::dataflow {
namespace {

// Old groups are looked for when the table has doubled, so that the search costs little a row.
constexpr std::size_t forget_at_least = 1024;
constexpr std::size_t bound_key_bytes = 1 + sizeof(std::int64_t);

}  // namespace

Result<std::unique_ptr<ChangeGroup>> ChangeGroup::make(
    const sql::GroupNode& group, Config config, const std::shared_ptr<engine::Database>& database) {
  TRY(Aggregation aggregation, Aggregation::make(group, database));
  return std::unique_ptr<ChangeGroup>(
      new ChangeGroup(group, std::move(config), std::move(aggregation)));
}

ChangeGroup::ChangeGroup(const sql::GroupNode& group, Config config, Aggregation aggregation)
    : keys_(group.keys),
      window_(group.window),
      config_(std::move(config)),
      aggregation_(std::move(aggregation)),
      groups_(aggregation_.new_table()),
      held_(std::make_shared<Batch>(config_.output)),
      forget_at_(forget_at_least) {
  for (std::size_t i = 0; i < keys_; ++i) {
    if (!window_ || (i != window_->start_key && i != window_->end_key)) key_columns_.push_back(i);
  }
  if (!window_) return;
  windows_.emplace(*window_);
  key_columns_.push_back(window_->start_key);
  key_columns_.push_back(window_->end_key);
  bound_bytes_ = 2 * bound_key_bytes;
}

Result<Chunk> ChangeGroup::push(const Chunk& chunk, Findings& findings) {
  if (windows_) {
    OK_OR_RETURN(add_rows(windows_->expand(chunk, findings), findings));
    windows_->advance(chunk.watermark);
  } else {
    OK_OR_RETURN(add_rows(chunk, findings));
  }
  if (!chunk.flush) {
    return Chunk{.rows = std::make_shared<Batch>(config_.output), .accepted = chunk.accepted};
  }
  TRY(Chunk given, flush(chunk.accepted, findings));
  if (groups_.size() >= forget_at_) forget_old(chunk.watermark);
  return given;
}

Result<void> ChangeGroup::add_rows(const Chunk& chunk, Findings& findings) {
  const Batch& rows = *chunk.rows;
  row_keys_.encode(rows, key_columns_);
  placed_.clear();
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    const std::size_t group = groups_.find_or_add(row_keys_.key(row), row_keys_.hash(row));
    const std::int64_t watermark = chunk.watermark_at(row);
    if (group == notes_.size()) {
      notes_.emplace_back();
    } else if (config_.ttl && is_over(notes_[group], watermark)) {
      add_placed(chunk);
      forget(group);
    }
    Note& note = notes_[group];
    note.last = windows_ ? rows.column(window_->end_key).values<std::int64_t>()[row] : watermark;
    if (!note.is_changed) changed_.push_back(group);
    note.is_changed = true;
    placed_.push_back({{&groups_, group}, row});
  }
  add_placed(chunk);
  std::vector<Changed> forgotten;
  for (Forgotten& one : forgotten_) forgotten.push_back({{&one.table, 0}, &one.given});
  OK_OR_RETURN(hold(forgotten, chunk.accepted, findings));
  forgotten_.clear();
  return {};
}

void ChangeGroup::add_placed(const Chunk& chunk) {
  aggregation_.add(chunk, placed_);
  placed_.clear();
}

void ChangeGroup::forget(std::size_t group) {
  Note& note = notes_[group];
  if (note.is_changed) {
    forgotten_.push_back({aggregation_.new_table(), std::move(note.given)});
    forgotten_.back().table.take(groups_, group);
  }
  note.given.clear();
  groups_.reset(group);
}

bool ChangeGroup::is_over(const Note& note, std::int64_t watermark) const {
  if (note.last == journal::no_watermark || watermark == journal::no_watermark) return false;
  if (windows_) return note.last <= watermark;
  return config_.ttl && watermark - note.last >= config_.ttl->count();
}

Result<Chunk> ChangeGroup::flush(Instant accepted, Findings& findings) {
  std::vector<Changed> changed;
  for (const std::size_t group : changed_) {
    notes_[group].is_changed = false;
    changed.push_back({{&groups_, group}, &notes_[group].given});
  }
  OK_OR_RETURN(hold(changed, accepted, findings));
  changed_.clear();
  return Chunk{.rows = std::exchange(held_, std::make_shared<Batch>(config_.output)),
               .weights = std::exchange(held_weights_, {}),
               .accepted = accepted};
}

Result<void> ChangeGroup::hold(const std::vector<Changed>& changed, Instant accepted,
                               Findings& findings) {
  Batch now(config_.output);
  std::vector<GroupPlace> groups;
  for (const auto& [place, given] : changed) {
    if (keys_ > 0 && place.table->rows(place.group) <= 0) continue;
    append_keys(now, place);
    groups.push_back(place);
  }
  TRY(const std::vector<std::size_t> failed,
      aggregation_.complete(now, groups, accepted, findings));
  for (const std::size_t index : failed | std::views::reverse) {
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(index));
  }
  std::size_t row = 0;
  for (const Changed& group : changed) {
    const bool has_row = row < groups.size() && groups[row] == group.place;
    hold_change(group, has_row ? aggregate_bytes(now, row) : "");
    if (has_row) ++row;
  }
  return {};
}

std::string ChangeGroup::aggregate_bytes(const Batch& rows, std::size_t row) const {
  // One byte first, so that a row without aggregates is still a row.
  std::string bytes(1, '\1');
  for (std::size_t i = keys_; i < rows.column_count(); ++i) {
    append_value_bytes(bytes, rows.column(i), row, ValueForm::exact);
  }
  return bytes;
}

void ChangeGroup::hold_change(const Changed& group, std::string now) {
  std::string& given = *group.given;
  if (given == now) return;
  if (!given.empty()) {
    append_given(*held_, group);
    held_weights_.push_back(-1);
  }
  given = std::move(now);
  if (given.empty()) return;
  append_given(*held_, group);
  held_weights_.push_back(+1);
}

void ChangeGroup::append_keys(Batch& rows, const GroupPlace& place) const {
  std::string_view key = place.table->key(place.group);
  for (const std::size_t i : key_columns_) append_from_key_bytes(rows.column(i), key);
}

void ChangeGroup::append_given(Batch& rows, const Changed& group) const {
  append_keys(rows, group.place);
  std::string_view bytes = *group.given;
  bytes.remove_prefix(1);
  for (std::size_t i = keys_; i < rows.column_count(); ++i) {
    append_from_value_bytes(rows.column(i), bytes);
  }
}

void ChangeGroup::forget_old(std::int64_t watermark) {
  if (windows_) watermark = windows_->closed();
  GroupTable kept = aggregation_.new_table();
  std::vector<Note> notes;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const bool is_gone = keys_ > 0 && groups_.rows(group) <= 0;
    if (is_gone || is_over(notes_[group], watermark)) continue;
    kept.take(groups_, group);
    notes.push_back(std::move(notes_[group]));
  }
  groups_ = std::move(kept);
  notes_ = std::move(notes);
  forget_at_ = std::max(forget_at_least, groups_.size() * 2);
}

void ChangeGroup::save(StateWriter& writer) const {
  ASSERT(changed_.empty() && held_->rows() == 0);
  aggregation_.save(writer);
  writer.number(windows_ ? windows_->closed() : journal::no_watermark);
  groups_.save(writer);
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    writer.text(groups_.key(group));
    writer.text(notes_[group].given);
    writer.number(notes_[group].last);
  }
}

Result<void> ChangeGroup::load(StateReader& reader, const KeyFilter& takes) {
  const KeyFilter takes_group = [&](std::string_view key) {
    return key.size() >= bound_bytes_ && takes(key.substr(0, key.size() - bound_bytes_));
  };
  aggregation_.load(reader);
  const auto closed = reader.number<std::int64_t>();
  if (windows_) windows_->advance(closed);
  StateReader counter = reader;
  const auto count = counter.number<std::uint64_t>();
  OK_OR_RETURN(groups_.load(reader, takes_group));
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view key = reader.text();
    Note note{.given = std::string(reader.text()), .last = reader.number<std::int64_t>()};
    if (!reader.ok()) return other_form();
    if (takes_group(key)) notes_.push_back(std::move(note));
  }
  if (notes_.size() != groups_.size()) return other_form();
  return {};
}

}  // namespace weir::dataflow
