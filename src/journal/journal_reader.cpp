#include "journal/journal_reader.h"

#include <algorithm>
#include <utility>

#include "journal/history_scan.h"
#include "journal/segment_scan.h"

namespace weir::journal {

JournalReader::JournalReader(const Kept& kept, TopicMarks dropped, Filter filter, Position from)
    : kept_(kept),
      dropped_(std::move(dropped)),
      filter_(std::move(filter)),
      place_(from),
      looked_(from) {}

Result<std::optional<Placed>> JournalReader::next() {
  while (true) {
    if (!found_.empty()) {
      Placed placed = std::move(found_.front());
      found_.pop_front();
      place_ = found_.empty() ? looked_ : placed.end;
      if (is_dropped(dropped_, placed.entry->topic, placed.begin)) continue;
      return std::optional<Placed>(std::move(placed));
    }
    if (source_ != nullptr) {
      TRY(std::optional<Placed> placed, next_stored());
      if (placed) return placed;
      continue;
    }
    const Position looked = looked_;
    OK_OR_RETURN(look());
    if (found_.empty()) place_ = looked_;
    if (found_.empty() && source_ == nullptr && looked_ == looked) return std::optional<Placed>();
  }
}

Result<void> JournalReader::look() {
  const Position end = kept_.tail.end();
  if (const auto looked = kept_.tail.find(looked_, filter_, found_)) {
    looked_ = *looked;
    return {};
  }
  if (const auto segment = kept_.segments.find(looked_)) {
    source_ =
        std::make_unique<SegmentScan>(*segment, kept_.seed, looked_, std::min(segment->end, end));
    return {};
  }
  const Position boundary = kept_.segments.oldest().value_or(end);
  if (const auto range = kept_.history.find(looked_, boundary, filter_)) {
    TRY(source_, open(*range, boundary));
    return {};
  }
  looked_ = std::max(looked_, boundary);
  return {};
}

Result<std::unique_ptr<BlockSource>> JournalReader::open(const HistoryRange& range,
                                                         Position boundary) const {
  TRY(std::unique_ptr<HistoryScan> scan, HistoryScan::open(range, kept_.seed, looked_));
  if (scan->left_out().empty()) return std::unique_ptr<BlockSource>(std::move(scan));
  // What retention or a drop takes, the history no longer knows.
  const auto known = kept_.history.find(looked_, boundary, filter_);
  for (const auto& path : scan->left_out()) {
    if (!known || std::ranges::find(known->files, path) == known->files.end()) continue;
    return Error{Fault::corrupt,
                 path.string() + " is missing: bring back a backup of the whole data folder"};
  }
  return std::unique_ptr<BlockSource>(std::move(scan));
}

Result<std::optional<Placed>> JournalReader::next_stored() {
  while (true) {
    TRY(std::optional<Block> block, source_->next());
    if (!block) {
      looked_ = place_ = std::max(looked_, source_->end());
      source_.reset();
      return std::optional<Placed>();
    }
    const BlockHeader& header = block->header;
    const Position end = header.end;
    const bool is_wanted = filter_.wants(block->topic, header.kind) &&
                           !is_dropped(dropped_, block->topic, header.position);
    if (is_wanted) {
      Result<Placed> taken = take_entry(std::move(*block), *source_, decoder_);
      if (!taken.ok()) {
        source_.reset();  // it stands behind what is damaged
        return taken.error();
      }
      looked_ = place_ = end;
      return std::optional<Placed>(std::move(taken).value());
    }
    looked_ = place_ = end;
  }
}

}  // namespace weir::journal
