#include "process/input_batches.h"

#include <algorithm>
#include <utility>

#include "core/fit_columns.h"

namespace weir::process {
namespace {

// A chunk of so many rows spreads its fixed cost; a larger entry is not worth a copy.
constexpr std::size_t large_rows = 8192;
// Of a batch: what comes of it is held in memory until it is committed.
constexpr std::size_t bytes_max = std::size_t{16} << 20;

journal::Filter filter_of(const StreamInput& input) {
  using journal::Kind;
  if (input.is_source) return {{input.topic}, {Kind::events, Kind::watermark}};
  return {{input.topic}, {Kind::commit}};
}

std::int64_t micros(Instant instant) { return instant.time_since_epoch().count(); }

std::shared_ptr<const Batch> batch_at(const journal::Entry& entry, std::size_t index) {
  return index < entry.batches.size() ? entry.batches[index] : nullptr;
}

std::vector<std::int64_t> numbers(const Column& column) {
  const auto values = column.values<std::int64_t>();
  return {values.begin(), values.end()};
}

}  // namespace

InputBatches::InputBatches(const journal::Journal& journal, StreamInput input, bool by_acceptance)
    : journal_(journal), input_(std::move(input)), by_acceptance_(by_acceptance) {}

std::int64_t InputBatches::watermark() const {
  return input_.event_time ? watermark_.value() : micros(accepted_);
}

void InputBatches::restart(Position from) {
  reader_ = journal_.read(filter_of(input_), from);
  commits_ = {};
  ahead_.clear();
}

void InputBatches::restart(Position from, StateReader& watermark) {
  restart(from);
  const auto value = watermark.number<std::int64_t>();
  watermark_.restore(value, watermark.number<std::int64_t>());
  accepted_ = Instant(std::chrono::microseconds(watermark.number<std::int64_t>()));
}

void InputBatches::save(StateWriter& writer) const {
  writer.number(watermark_.value());
  writer.number(watermark_.newest());
  writer.number<std::int64_t>(micros(accepted_));
}

Result<InputBatch> InputBatches::next(std::size_t rows_max, Position before) {
  InputBatch batch;
  const std::int64_t known = watermark_.value();
  bool has_taken = false;
  while (batch.rows < rows_max && batch.bytes < bytes_max && !batch.ends) {
    Result<bool> is_there = peek(before);
    // What is behind cannot be read for now, and is tried again.
    if (has_taken && !is_there.ok() && is_there.error().fault == Fault::unavailable) break;
    if (!is_there.ok()) return std::move(is_there).error();
    if (!is_there.value()) break;
    for (const journal::Placed& placed : ahead_) OK_OR_RETURN(take(*placed.entry, batch));
    ahead_.clear();
    has_taken = true;
  }
  const bool moved = watermark_.value() != known && batch.chunks.empty();
  if (!pieces_.empty() || moved) cut(batch);
  if (!batch.chunks.empty()) batch.chunks.back().watermark = watermark();
  return batch;
}

Result<bool> InputBatches::peek(Position before) {
  while (ahead_.empty()) {
    TRY(std::optional<journal::Placed> placed, reader_->next());
    if (!placed) return false;
    if (placed->entry->kind == journal::Kind::commit) {
      TRY(ahead_, commits_.take(std::move(*placed)));
    } else {
      ahead_.push_back(std::move(*placed));
    }
  }
  return ahead_.front().begin < before;
}

Result<void> InputBatches::take(const journal::Entry& entry, InputBatch& batch) {
  accepted_ = entry.accepted;
  if (entry.kind == journal::Kind::commit) return take_commit(entry, batch);
  if (entry.kind == journal::Kind::events) return take_events(entry, batch);
  TRY(const journal::WatermarkHead head, journal::decode_watermark_head(entry.head));
  if (!watermark_.raise(head)) return {};
  cut(batch);
  batch.chunks.back().ends = true;
  batch.ends = true;
  return {};
}

Result<void> InputBatches::take_events(const journal::Entry& entry, InputBatch& batch) {
  TRY(const journal::EventsHead head, journal::decode_events_head(entry.head));
  const auto stored = batch_at(entry, 0);
  if (stored == nullptr || stored->rows() == 0) return {};
  Piece piece{.accepted = entry.accepted};
  TRY(piece.rows, fit_columns(stored, input_.schema));
  if (input_.event_time) {
    piece.watermarks = watermark_.follow(head, piece.rows->column(*input_.event_time));
  } else {
    piece.watermarks.assign(piece.rows->rows(), micros(entry.accepted));
  }
  add(std::move(piece), batch);
  return {};
}

Result<void> InputBatches::take_commit(const journal::Entry& entry, InputBatch& batch) {
  TRY(const journal::CommitHead head, journal::decode_commit_head(entry.head));
  const auto stored = batch_at(entry, 0);
  if (stored != nullptr && stored->rows() > 0) {
    Piece piece{.accepted = entry.accepted};
    TRY(piece.rows, fit_columns(stored, input_.schema));
    if (const auto weight = stored->schema().find("_weight")) {
      piece.weights = numbers(stored->column(*weight));
    }
    const auto times = batch_at(entry, 3);
    if (!input_.event_time) {
      piece.watermarks.assign(stored->rows(), micros(entry.accepted));
    } else if (times != nullptr) {
      piece.watermarks = numbers(times->column(0));
    } else {
      piece.watermarks.assign(stored->rows(), watermark_.value());
    }
    add(std::move(piece), batch);
  }
  if (!head.is_last) return {};
  if (head.watermark == journal::end_of_windows) {
    cut(batch);
    batch.chunks.back().ends = true;
    batch.ends = true;
  } else if (input_.event_time) {
    watermark_.restore(std::max(watermark_.value(), head.watermark), watermark_.newest());
  }
  return {};
}

void InputBatches::add(Piece piece, InputBatch& batch) {
  const std::size_t rows = piece.rows->rows();
  const bool other_time =
      by_acceptance_ && !pieces_.empty() && pieces_.back().accepted != piece.accepted;
  if (!pieces_.empty() && (other_time || rows >= large_rows || piece_rows_ >= large_rows)) {
    cut(batch);
  }
  batch.rows += rows;
  batch.bytes += piece.rows->bytes();
  piece_rows_ += rows;
  pieces_.push_back(std::move(piece));
}

void InputBatches::cut(InputBatch& batch) {
  Chunk chunk = joined();
  chunk.accepted = pieces_.empty() ? accepted_ : pieces_.back().accepted;
  // Where a chunk follows, at its last row; next() knows better of the last one.
  chunk.watermark = pieces_.empty() ? watermark() : pieces_.back().watermarks.back();
  pieces_.clear();
  piece_rows_ = 0;
  batch.chunks.push_back(std::move(chunk));
}

Chunk InputBatches::joined() const {
  if (pieces_.size() == 1) {
    const Piece& piece = pieces_.front();
    return {.rows = piece.rows,
            .weights = piece.weights,
            .watermarks = std::make_shared<const std::vector<std::int64_t>>(piece.watermarks)};
  }
  Chunk chunk;
  auto rows = std::make_shared<Batch>(input_.schema);
  auto watermarks = std::make_shared<std::vector<std::int64_t>>();
  auto acceptances = std::make_shared<std::vector<Instant>>();
  const bool is_weighted =
      std::ranges::any_of(pieces_, [](const Piece& piece) { return !piece.weights.empty(); });
  for (const Piece& piece : pieces_) {
    const std::size_t count = piece.rows->rows();
    rows->append_range(*piece.rows, 0, count);
    watermarks->insert(watermarks->end(), piece.watermarks.begin(), piece.watermarks.end());
    acceptances->insert(acceptances->end(), count, piece.accepted);
    if (!is_weighted) continue;
    if (piece.weights.empty()) {
      chunk.weights.insert(chunk.weights.end(), count, 1);
    } else {
      chunk.weights.insert(chunk.weights.end(), piece.weights.begin(), piece.weights.end());
    }
  }
  chunk.rows = std::move(rows);
  chunk.watermarks = std::move(watermarks);
  chunk.acceptances = std::move(acceptances);
  return chunk;
}

}  // namespace weir::process
