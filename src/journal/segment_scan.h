// Walks the groups of one segment, from any place in it, and compares every sum on the way.
#pragma once

#include <memory>
#include <optional>

#include "journal/block_source.h"
#include "journal/segments.h"

namespace weir::journal {

// From the first block at or after `from` to `limit`, where a group ends. Owned by one thread.
class SegmentScan final : public BlockSource {
 public:
  SegmentScan(const Segment& segment, std::uint64_t seed, Position from, Position limit);

  Result<std::optional<Block>> next() override;
  Result<std::string_view> payload() override { return window_.payload(*block_); }
  Position end() const override { return limit_; }

  Result<std::string_view> bytes() { return window_.bytes(*block_); }
  Position place() const { return place_; }
  // Where the group began that next() was in last, or tried to read.
  Position group_begin() const { return group_begin_; }

 private:
  // Finds out whether a group or a block begins at `from_`.
  void settle();
  Result<void> enter_group();
  bool fits(const BlockHeader& header) const;
  std::uint64_t offset(Position position) const { return position - start_; }

  BlockWindow window_;
  Position start_;
  Position from_;
  Position limit_;
  Position place_;
  Position group_begin_;
  bool is_settled_ = false;
  bool is_in_group_ = false;
  std::optional<GroupHeader> group_;  // unknown where the scan began within it
  std::optional<Block> block_;
};

}  // namespace weir::journal
