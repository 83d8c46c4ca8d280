// What is remembered of a request that came with an Idempotency-Key, and its bytes in the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collect/outcome.h"
#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "journal/bytes.h"

namespace weir::collect {

// Of entries that hold several sources' keys.
constexpr const char* keys_topic = "idempotency";
constexpr std::chrono::hours key_lifetime{24};

struct KeyRecord {
  std::string id;              // token, source and key
  std::uint64_t body_sum = 0;  // of the body and how it was to be read
  Instant accepted;
  Receipt receipt;
};

// Never change once they are known, so that whoever writes them down holds no one up.
using KeyRecords = std::deque<std::shared_ptr<const KeyRecord>>;

std::string key_id(std::string_view token, std::string_view source, std::string_view key);

void put_text(std::string& out, std::string_view text);
std::string read_text(journal::ByteReader& in);
void put_record(std::string& out, const KeyRecord& record);
KeyRecord read_record(journal::ByteReader& in);

// The head of Kind::idempotency, the last entry of its group. The position that was answered, the
// end of the group, was not known when it was written: it is where the entry ends.
std::string encode_keys(const std::vector<KeyRecord>& records);
Result<std::vector<KeyRecord>> decode_keys(std::string_view head, Position end);

}  // namespace weir::collect
