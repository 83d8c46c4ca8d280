// An entry as bytes, in journal and history alike, and the header of a group of them.
// docs/internals/journal-format.md is the grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/position.h"
#include "core/result.h"
#include "journal/entry.h"
#include "journal/file.h"

namespace weir::journal {

// Begins on a page of its own, so that writing it never touches what is durable.
struct GroupHeader {
  static constexpr std::uint64_t magic_word = 0x3150554f52475257;  // "WRGROUP1"

  std::uint64_t magic = magic_word;
  std::uint64_t sum = 0;  // of the bytes behind it
  Position position = 0;
  std::uint64_t epoch = 0;
  Position synced_through = 0;  // everything before it was durable when this was written
  std::uint64_t bytes = 0;      // header, blocks and padding: whole pages
  std::uint64_t entries = 0;
  std::uint64_t unused = 0;
};
static_assert(sizeof(GroupHeader) == 64);

struct BlockHeader {
  static constexpr std::uint64_t magic_word = 0x315952544e455257;  // "WRENTRY1"

  std::uint64_t magic = magic_word;
  std::uint64_t sum = 0;  // of the bytes behind it and the topic
  Position position = 0;
  Position end = 0;  // of the next block, or where the group ends
  std::uint64_t epoch = 0;
  std::int64_t accepted = 0;
  std::uint64_t payload_sum = 0;  // of head and batches
  std::uint32_t payload_bytes = 0;
  std::uint32_t head_bytes = 0;
  std::uint32_t rows = 0;  // of the first batch
  std::uint16_t topic_bytes = 0;
  std::uint16_t batches = 0;
  Kind kind = Kind::events;
  std::uint8_t is_last = 0;  // of its group
  std::uint8_t unused[6] = {};

  // Of the whole block: header, topic, payload, and zeros up to a multiple of eight.
  std::uint64_t block_bytes() const;
};
static_assert(sizeof(BlockHeader) == 80);

// Longer payloads are refused by append.
constexpr std::uint64_t payload_bytes_max = std::uint64_t{1} << 30;

// Appends the entry's block, whose place is not yet known. Its size.
std::size_t encode_block(const Entry& entry, std::uint64_t seed, std::string& out);
// Where a block came to stand.
struct BlockPlace {
  Position position = 0;
  Position end = 0;
  std::uint64_t epoch = 0;
  Instant accepted;
  bool is_last = false;
};
// Gives an encoded block its place and its sum.
void place_block(char* block, const BlockPlace& place, std::uint64_t seed);
void seal(GroupHeader& header, std::uint64_t seed);

// Whether the bytes are a group's header that stands at its right position.
bool is_group(const GroupHeader& header, Position position, std::uint64_t seed);
// Whether the header and its topic belong together.
bool is_block(const BlockHeader& header, std::string_view topic, std::uint64_t seed);

// Makes entries of blocks, whose payload's sum was compared. Entries of one schema share it.
// Owned by one thread.
class BlockDecoder {
 public:
  // Null: the payload is none.
  std::shared_ptr<const Entry> decode(const BlockHeader& header, std::string topic,
                                      std::string_view payload);

 private:
  std::shared_ptr<const Schema> schema(std::string_view bytes);

  std::map<std::string, std::shared_ptr<const Schema>, std::less<>> schemas_;
};

}  // namespace weir::journal
