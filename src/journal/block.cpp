#include "journal/block.h"

#include <chrono>
#include <cstring>
#include <utility>

#include "journal/bytes.h"
#include "journal/column_codec.h"

namespace weir::journal {
namespace {

constexpr std::size_t schemas_max = 64;
constexpr std::size_t summed_from = 16;  // behind magic and sum

std::uint64_t block_sum(const BlockHeader& header, std::string_view topic, std::uint64_t seed) {
  const auto* bytes = reinterpret_cast<const char*>(&header);
  const std::string_view fields(bytes + summed_from, sizeof header - summed_from);
  return checksum(topic, checksum(fields, seed));
}

std::uint64_t group_sum(const GroupHeader& header, std::uint64_t seed) {
  const auto* bytes = reinterpret_cast<const char*>(&header);
  return checksum({bytes + summed_from, sizeof header - summed_from}, seed);
}

void encode_batch(const Batch* batch, std::string& out) {
  put(out, std::uint8_t{batch != nullptr});
  if (batch == nullptr) return;
  const std::size_t length_at = out.size();
  put(out, std::uint32_t{0});
  encode_schema(batch->schema(), out);
  const auto length = static_cast<std::uint32_t>(out.size() - length_at - sizeof(std::uint32_t));
  std::memcpy(out.data() + length_at, &length, sizeof length);
  for (std::size_t i = 0; i < batch->column_count(); ++i) {
    ColumnCodec::encode(batch->column(i), out);
  }
}

}  // namespace

std::uint64_t BlockHeader::block_bytes() const {
  return (sizeof *this + topic_bytes + payload_bytes + 7) / 8 * 8;
}

std::size_t encode_block(const Entry& entry, std::uint64_t seed, std::string& out) {
  const std::size_t begin = out.size();
  BlockHeader header;
  header.head_bytes = static_cast<std::uint32_t>(entry.head.size());
  header.topic_bytes = static_cast<std::uint16_t>(entry.topic.size());
  header.batches = static_cast<std::uint16_t>(entry.batches.size());
  header.kind = entry.kind;
  put(out, header);
  out += entry.topic;
  const std::size_t payload_at = out.size();
  out += entry.head;
  for (const auto& batch : entry.batches) encode_batch(batch.get(), out);
  if (!entry.batches.empty() && entry.batches[0] != nullptr) {
    header.rows = static_cast<std::uint32_t>(entry.batches[0]->rows());
  }
  const std::string_view payload = std::string_view(out).substr(payload_at);
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  header.payload_sum = checksum(payload, seed);
  std::memcpy(out.data() + begin, &header, sizeof header);
  out.append(begin + header.block_bytes() - out.size(), '\0');
  return out.size() - begin;
}

void place_block(char* block, const BlockPlace& place, std::uint64_t seed) {
  BlockHeader header;
  std::memcpy(&header, block, sizeof header);
  header.position = place.position;
  header.end = place.end;
  header.epoch = place.epoch;
  header.accepted = place.accepted.time_since_epoch().count();
  header.is_last = place.is_last ? 1 : 0;
  header.sum = block_sum(header, {block + sizeof header, header.topic_bytes}, seed);
  std::memcpy(block, &header, sizeof header);
}

void seal(GroupHeader& header, std::uint64_t seed) { header.sum = group_sum(header, seed); }

bool is_group(const GroupHeader& header, Position position, std::uint64_t seed) {
  return header.magic == GroupHeader::magic_word && header.position == position &&
         header.sum == group_sum(header, seed);
}

bool is_block(const BlockHeader& header, std::string_view topic, std::uint64_t seed) {
  return header.magic == BlockHeader::magic_word && header.sum == block_sum(header, topic, seed);
}

std::shared_ptr<const Entry> BlockDecoder::decode(const BlockHeader& header, std::string topic,
                                                  std::string_view payload) {
  auto entry = std::make_shared<Entry>();
  entry->kind = header.kind;
  entry->topic = std::move(topic);
  entry->accepted = Instant(std::chrono::microseconds(header.accepted));
  ByteReader from(payload);
  entry->head = from.bytes(header.head_bytes);
  for (std::size_t i = 0; i < header.batches && from.ok(); ++i) {
    if (from.number<std::uint8_t>() == 0) {
      entry->batches.emplace_back();
      continue;
    }
    const auto columns = schema(from.bytes(from.number<std::uint32_t>()));
    if (columns == nullptr) return nullptr;
    auto batch = std::make_shared<Batch>(columns);
    for (std::size_t column = 0; column < batch->column_count(); ++column) {
      if (!ColumnCodec::decode(from, batch->column(column))) return nullptr;
      if (batch->column(column).size() != batch->rows()) return nullptr;
    }
    entry->batches.push_back(std::move(batch));
  }
  return from.finished() ? entry : nullptr;
}

std::shared_ptr<const Schema> BlockDecoder::schema(std::string_view bytes) {
  const auto known = schemas_.find(bytes);
  if (known != schemas_.end()) return known->second;
  auto schema = decode_schema(bytes);
  if (schema == nullptr) return nullptr;
  if (schemas_.size() >= schemas_max) schemas_.clear();
  return schemas_.emplace(bytes, std::move(schema)).first->second;
}

}  // namespace weir::journal
