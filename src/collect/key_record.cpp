#include "collect/key_record.h"

namespace weir::collect {

std::string key_id(std::string_view token, std::string_view source, std::string_view key) {
  std::string id(token);
  id.append(" ").append(source).append(" ").append(key);
  return id;
}

void put_text(std::string& out, std::string_view text) {
  journal::put<std::uint64_t>(out, text.size());
  out += text;
}

std::string read_text(journal::ByteReader& in) {
  return std::string(in.bytes(in.number<std::uint64_t>()));
}

void put_record(std::string& out, const KeyRecord& record) {
  put_text(out, record.id);
  journal::put(out, record.body_sum);
  journal::put<std::int64_t>(out, record.accepted.time_since_epoch().count());
  const Ingested& counts = record.receipt.counts;
  for (const std::uint64_t number :
       {counts.accepted, counts.late, counts.quarantined, counts.position}) {
    journal::put(out, number);
  }
  put_text(out, record.receipt.errors);
}

KeyRecord read_record(journal::ByteReader& in) {
  KeyRecord record;
  record.id = read_text(in);
  record.body_sum = in.number<std::uint64_t>();
  record.accepted = Instant(std::chrono::microseconds(in.number<std::int64_t>()));
  Ingested& counts = record.receipt.counts;
  for (std::uint64_t* number :
       {&counts.accepted, &counts.late, &counts.quarantined, &counts.position}) {
    *number = in.number<std::uint64_t>();
  }
  record.receipt.errors = read_text(in);
  return record;
}

std::string encode_keys(const std::vector<KeyRecord>& records) {
  std::string head;
  journal::put<std::uint64_t>(head, records.size());
  for (const KeyRecord& record : records) put_record(head, record);
  return head;
}

Result<std::vector<KeyRecord>> decode_keys(std::string_view head, Position end) {
  journal::ByteReader in(head);
  std::vector<KeyRecord> records;
  for (auto left = in.number<std::uint64_t>(); left > 0 && in.ok(); --left) {
    records.push_back(read_record(in));
    records.back().receipt.counts.position = end;
  }
  if (!in.finished()) return Error{Fault::corrupt, "an idempotency entry is not well-formed"};
  return records;
}

}  // namespace weir::collect
