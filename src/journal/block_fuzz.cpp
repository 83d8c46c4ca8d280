// For libFuzzer: no payload whose sums happen to fit crashes the decoder, and what it makes of one
// can be encoded again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "journal/block.h"
#include "journal/heads.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::journal;  // NOLINT(google-build-using-namespace)
  BlockHeader header;
  struct Counts {
    std::uint8_t kind, head_bytes, rows, batches;
  } counts{};
  if (size < sizeof counts) return 0;
  std::memcpy(&counts, data, sizeof counts);
  const std::string_view payload(reinterpret_cast<const char*>(data) + sizeof counts,
                                 size - sizeof counts);
  header.kind = static_cast<Kind>(counts.kind);
  header.head_bytes = counts.head_bytes;
  header.rows = counts.rows;
  header.batches = counts.batches;
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  const auto entry = BlockDecoder().decode(header, "topic", payload);
  if (entry != nullptr) {
    std::string encoded;
    encode_block(*entry, 0, encoded);
  }
  (void)decode_events_head(payload);
  (void)decode_watermark_head(payload);
  (void)decode_commit_head(payload);
  return 0;
}
