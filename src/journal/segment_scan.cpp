#include "journal/segment_scan.h"

#include <algorithm>

namespace weir::journal {

SegmentScan::SegmentScan(const Segment& segment, std::uint64_t seed, Position from, Position limit)
    : window_(segment.file, seed),
      start_(segment.start),
      from_(std::max(from, segment.start)),
      limit_(limit),
      place_(segment.start),
      group_begin_(segment.start) {}

void SegmentScan::settle() {
  is_settled_ = true;
  if (from_ == start_ || from_ >= limit_) return;
  // A header with its own position and sum can be trusted; anything else is found from the start.
  if (from_ % page_bytes == 0 && window_.group(offset(from_), from_).ok()) {
    place_ = from_;
    return;
  }
  const Result<Block> block = window_.block(offset(from_));
  if (!block.ok() || block.value().header.position != from_) return;
  place_ = from_;
  is_in_group_ = true;
}

Result<void> SegmentScan::enter_group() {
  group_begin_ = place_;
  TRY(group_, window_.group(offset(place_), place_));
  if (group_->entries == 0 || group_->bytes > limit_ - place_ || group_->bytes % page_bytes != 0) {
    return window_.damage(offset(place_), "a group of impossible size");
  }
  place_ += sizeof(GroupHeader);
  is_in_group_ = true;
  return {};
}

bool SegmentScan::fits(const BlockHeader& header) const {
  const Position written = place_ + header.block_bytes();
  if (header.position != place_ || header.end < written || header.end > limit_) return false;
  if (header.is_last == 0 && header.end != written) return false;
  if (header.is_last == 1 && header.end % page_bytes != 0) return false;
  if (!group_) return true;
  const Position group_end = group_begin_ + group_->bytes;
  return header.epoch == group_->epoch &&
         (header.is_last == 1 ? header.end == group_end : header.end < group_end);
}

Result<std::optional<Block>> SegmentScan::next() {
  if (!is_settled_) settle();
  while (place_ < limit_) {
    if (!is_in_group_) OK_OR_RETURN(enter_group());
    TRY(block_, window_.block(offset(place_)));
    if (!fits(block_->header)) {
      return window_.damage(offset(place_), "an entry that belongs to another place");
    }
    const Position begin = place_;
    place_ = block_->header.end;
    if (block_->header.is_last == 1) {
      is_in_group_ = false;
      group_.reset();
    }
    if (begin >= from_) return block_;
  }
  return std::optional<Block>();
}

}  // namespace weir::journal
