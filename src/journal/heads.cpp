#include "journal/heads.h"

#include <chrono>
#include <utility>

#include "journal/bytes.h"

namespace weir::journal {
namespace {

Error no_head(std::string_view kind) {
  return {Fault::corrupt, "the head of a " + std::string(kind) + " entry has another form"};
}

}  // namespace

std::shared_ptr<const Schema> replay_schema() {
  static const auto schema = std::make_shared<const Schema>(Schema{{
      {"topic", Type{TypeId::varchar}},
      {"position", Type{TypeId::ubigint}},
      {"row", Type{TypeId::uinteger}},
  }});
  return schema;
}

std::string encode(const EventsHead& head) {
  std::string out;
  put(out, head.watermark_before);
  put(out, head.newest_before);
  put(out, head.lateness);
  return out;
}

std::string encode(const WatermarkHead& head) {
  std::string out;
  put(out, std::uint8_t{head.at.has_value()});
  if (head.at) put(out, std::int64_t{head.at->time_since_epoch().count()});
  return out;
}

std::string encode(const CommitHead& head) {
  std::string out;
  put(out, head.generation);
  put(out, head.sequence);
  put(out, head.through);
  put(out, head.watermark);
  put(out, head.rows_in);
  put(out, head.part);
  put(out, std::uint8_t{head.is_last});
  return out;
}

Result<EventsHead> decode_events_head(std::string_view bytes) {
  ByteReader from(bytes);
  EventsHead head;
  head.watermark_before = from.number<std::int64_t>();
  head.newest_before = from.number<std::int64_t>();
  head.lateness = from.number<std::int64_t>();
  if (!from.finished()) return no_head("events");
  return head;
}

Result<WatermarkHead> decode_watermark_head(std::string_view bytes) {
  ByteReader from(bytes);
  const auto has_time = from.number<std::uint8_t>();
  WatermarkHead head;
  if (has_time == 1) head.at = Instant(std::chrono::microseconds(from.number<std::int64_t>()));
  if (has_time > 1 || !from.finished()) return no_head("watermark");
  return head;
}

Result<CommitHead> decode_commit_head(std::string_view bytes) {
  ByteReader from(bytes);
  CommitHead head;
  head.generation = from.number<std::uint64_t>();
  head.sequence = from.number<std::uint64_t>();
  head.through = from.number<Position>();
  head.watermark = from.number<std::int64_t>();
  head.rows_in = from.number<std::uint64_t>();
  head.part = from.number<std::uint32_t>();
  const auto is_last = from.number<std::uint8_t>();
  head.is_last = is_last == 1;
  if (is_last > 1 || !from.finished()) return no_head("commit");
  return head;
}

Result<std::vector<Placed>> WholeCommits::take(Placed part) {
  TRY(const CommitHead head, decode_commit_head(part.entry->head));
  if (head.part == 0) parts_.clear();
  // The beginning is not there: the topic's history was cut within the commit.
  if (head.part != parts_.size()) return std::vector<Placed>();
  parts_.push_back(std::move(part));
  if (!head.is_last) return std::vector<Placed>();
  return std::exchange(parts_, {});
}

std::optional<Position> WholeCommits::begun() const {
  if (parts_.empty()) return std::nullopt;
  return parts_.front().begin;
}

}  // namespace weir::journal
