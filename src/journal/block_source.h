// Finds the blocks of a file one after another and compares every sum on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "journal/block.h"
#include "journal/entry.h"
#include "journal/file.h"

namespace weir::journal {

// A block's header, whose sum is right, and where its file has it.
struct Block {
  BlockHeader header;
  std::string topic;
  std::uint64_t offset = 0;
};

// Reads a file piece by piece. Fault::corrupt names file and byte. Owned by one thread.
class BlockWindow {
 public:
  BlockWindow(std::shared_ptr<const File> file, std::uint64_t seed)
      : file_(std::move(file)), seed_(seed) {}

  Result<GroupHeader> group(std::uint64_t offset, Position position);
  // Nothing of the payload is read for its own sake.
  Result<Block> block(std::uint64_t offset);
  // The payload, whose sum is right; the whole block as it lies in the file. Valid until the next
  // call.
  Result<std::string_view> payload(const Block& block);
  Result<std::string_view> bytes(const Block& block);

  const std::shared_ptr<const File>& file() const { return file_; }
  Error damage(std::uint64_t offset, std::string_view what) const;

 private:
  Result<std::string_view> at(std::uint64_t offset, std::size_t bytes);

  std::shared_ptr<const File> file_;
  std::uint64_t seed_;
  std::vector<char> window_;
  std::uint64_t window_at_ = 0;
  std::size_t window_bytes_ = 0;
};

// Blocks in order of their positions, from a segment or from history. Owned by one thread.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  virtual Result<std::optional<Block>> next() = 0;
  // Of the block that next() gave last.
  virtual Result<std::string_view> payload() = 0;
  // Where the blocks of this source end.
  virtual Position end() const = 0;
};

// The entry of the block that `source` gave last.
Result<Placed> take_entry(Block block, BlockSource& source, BlockDecoder& decoder);

}  // namespace weir::journal
