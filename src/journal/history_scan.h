// Merges the topics' files of one former segment back into the journal's order.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "journal/block_source.h"
#include "journal/history.h"

namespace weir::journal {

// Owned by one thread.
class HistoryScan final : public BlockSource {
 public:
  // The blocks at or after `from`. A file that is not there, as retention may take it meanwhile, is
  // left out.
  static Result<std::unique_ptr<HistoryScan>> open(const HistoryRange& range, std::uint64_t seed,
                                                   Position from);

  Result<std::optional<Block>> next() override;
  Result<std::string_view> payload() override;
  Position end() const override { return end_; }
  const std::vector<std::filesystem::path>& left_out() const { return left_out_; }

 private:
  struct Cursor {
    BlockWindow window;
    std::uint64_t file_bytes = 0;
    std::uint64_t offset = 0;    // of the block after `block`
    std::optional<Block> block;  // nothing at the end of the file
  };

  HistoryScan(Position from, Position end) : from_(from), end_(end) {}
  static Result<void> advance(Cursor& cursor);

  Position from_;
  Position end_;
  std::vector<Cursor> cursors_;
  Cursor* current_ = nullptr;
  std::vector<std::filesystem::path> left_out_;
};

}  // namespace weir::journal
