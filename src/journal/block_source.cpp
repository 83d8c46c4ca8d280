#include "journal/block_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "journal/bytes.h"

namespace weir::journal {
namespace {

// Large enough for many small blocks, small enough to be wasted on the head of a large one.
constexpr std::size_t window_bytes_min = std::size_t{128} << 10;

}  // namespace

Error BlockWindow::damage(std::uint64_t offset, std::string_view what) const {
  return {Fault::corrupt, fmt::format("{}: byte {}: {}", file_->path().string(), offset, what)};
}

Result<std::string_view> BlockWindow::at(std::uint64_t offset, std::size_t bytes) {
  if (offset < window_at_ || offset + bytes > window_at_ + window_bytes_) {
    const std::size_t wanted = std::max(bytes, window_bytes_min);
    if (window_.size() < wanted) window_.resize(wanted);
    window_bytes_ = 0;
    TRY(window_bytes_, file_->read(window_.data(), wanted, offset));
    window_at_ = offset;
    if (window_bytes_ < bytes) return damage(offset, "the file ends within what stood here");
  }
  return std::string_view(window_.data() + (offset - window_at_), bytes);
}

Result<GroupHeader> BlockWindow::group(std::uint64_t offset, Position position) {
  GroupHeader header;
  TRY(const std::string_view bytes, at(offset, sizeof header));
  std::memcpy(&header, bytes.data(), sizeof header);
  if (!is_group(header, position, seed_)) return damage(offset, "no group begins here");
  return header;
}

Result<Block> BlockWindow::block(std::uint64_t offset) {
  Block block;
  block.offset = offset;
  TRY(const std::string_view bytes, at(offset, sizeof block.header));
  std::memcpy(&block.header, bytes.data(), sizeof block.header);
  if (block.header.magic != BlockHeader::magic_word) return damage(offset, "no entry begins here");
  TRY(const std::string_view topic, at(offset + sizeof block.header, block.header.topic_bytes));
  if (!is_block(block.header, topic, seed_)) {
    return damage(offset, "the entry's header does not match its checksum");
  }
  block.topic = topic;
  return block;
}

Result<std::string_view> BlockWindow::payload(const Block& block) {
  TRY(const std::string_view whole, bytes(block));
  return whole.substr(sizeof block.header + block.header.topic_bytes, block.header.payload_bytes);
}

Result<std::string_view> BlockWindow::bytes(const Block& block) {
  TRY(const std::string_view whole, at(block.offset, block.header.block_bytes()));
  const std::size_t payload_at = sizeof block.header + block.header.topic_bytes;
  if (checksum(whole.substr(payload_at, block.header.payload_bytes), seed_) !=
      block.header.payload_sum) {
    return damage(block.offset + payload_at, "the entry's payload does not match its checksum");
  }
  return whole;
}

Result<Placed> take_entry(Block block, BlockSource& source, BlockDecoder& decoder) {
  const BlockHeader& header = block.header;
  TRY(const std::string_view payload, source.payload());
  auto entry = decoder.decode(header, std::move(block.topic), payload);
  if (entry != nullptr) return Placed{header.position, header.end, std::move(entry)};
  return Error{Fault::corrupt,
               fmt::format("the entry at position {} has another form than its header says",
                           header.position)};
}

}  // namespace weir::journal
