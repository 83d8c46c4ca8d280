#include "journal/history_scan.h"

#include <fcntl.h>

#include <utility>

namespace weir::journal {

Result<std::unique_ptr<HistoryScan>> HistoryScan::open(const HistoryRange& range,
                                                       std::uint64_t seed, Position from) {
  std::unique_ptr<HistoryScan> scan(new HistoryScan(from, range.to));
  scan->cursors_.reserve(range.files.size());
  for (const auto& path : range.files) {
    Result<File> file = File::open(path, O_RDONLY);
    if (!file.ok() && file.error().fault == Fault::not_found) {
      scan->left_out_.push_back(path);
      continue;
    }
    if (!file.ok()) return file.error();
    TRY(const std::uint64_t bytes, file.value().size());
    auto shared = std::make_shared<const File>(std::move(file).value());
    scan->cursors_.push_back(
        {BlockWindow(std::move(shared), seed), bytes, sizeof(HistoryHeader), std::nullopt});
    OK_OR_RETURN(advance(scan->cursors_.back()));
  }
  return scan;
}

Result<void> HistoryScan::advance(Cursor& cursor) {
  if (cursor.offset >= cursor.file_bytes) {
    cursor.block.reset();
    return {};
  }
  TRY(Block block, cursor.window.block(cursor.offset));
  if (cursor.block && block.header.position < cursor.block->header.end) {
    return cursor.window.damage(cursor.offset, "an entry that belongs to another place");
  }
  cursor.offset += block.header.block_bytes();
  cursor.block = std::move(block);
  return {};
}

Result<std::optional<Block>> HistoryScan::next() {
  while (true) {
    if (current_ != nullptr) OK_OR_RETURN(advance(*current_));
    current_ = nullptr;
    for (Cursor& cursor : cursors_) {
      if (!cursor.block) continue;
      if (current_ != nullptr && current_->block->header.position < cursor.block->header.position) {
        continue;
      }
      current_ = &cursor;
    }
    if (current_ == nullptr) return std::optional<Block>();
    if (current_->block->header.position >= from_) return current_->block;
  }
}

Result<std::string_view> HistoryScan::payload() {
  return current_->window.payload(*current_->block);
}

}  // namespace weir::journal
