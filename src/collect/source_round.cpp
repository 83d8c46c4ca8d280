#include "collect/source_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "collect/request_head.h"
#include "core/json_text.h"
#include "formats/decompress.h"

namespace weir::collect {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{32} << 20;
constexpr std::size_t errors_max = 5;
constexpr std::size_t reason_bytes_max = 400;

Refusal too_large(std::string message) { return {413, "BODY_TOO_LARGE", std::move(message)}; }

Refusal too_large() {
  return too_large(fmt::format("a body is at most {} MB after decompression: send it in parts",
                               body_bytes_max >> 20));
}

std::variant<std::string, Refusal> decompressed(EventBody body) {
  if (body.encoding.empty()) {
    if (body.bytes.size() > body_bytes_max) return too_large();
    return std::move(body.bytes);
  }
  Result<std::string> bytes = formats::decompress(body.bytes, body.encoding, body_bytes_max);
  if (bytes.ok()) return std::move(bytes).value();
  if (bytes.error().fault == Fault::denied) return too_large();
  return Refusal{400, "MALFORMED_BODY", bytes.error().message};
}

// The text's beginning, cut between two characters.
std::string_view beginning(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

std::string errors_json(const std::vector<formats::RefusedRow>& refused) {
  std::string json = "[";
  for (std::size_t i = 0; i < std::min(refused.size(), errors_max); ++i) {
    json += fmt::format(R"({}{{"row":{},"code":)", i == 0 ? "" : ",", refused[i].row);
    append_json_string(json, refused[i].code);
    json += R"(,"reason":)";
    append_json_string(json, beginning(refused[i].reason, reason_bytes_max));
    json += '}';
  }
  return json + "]";
}

}  // namespace

SourceRound::SourceRound(const SourceIntake& intake)
    : intake_(intake),
      watermark_(intake.watermark),
      rows_(std::make_shared<Batch>(intake.decoder->schema())),
      refused_(std::make_shared<Batch>(quarantine_schema())) {}

std::optional<Refusal> SourceRound::add(EventBody body, RoundTime time, Receipt& receipt) {
  const std::optional<formats::BodyForm> form = body.form;
  std::variant<std::string, Refusal> undone = decompressed(std::move(body));
  if (auto* refusal = std::get_if<Refusal>(&undone)) return std::move(*refusal);
  std::string& bytes = *std::get_if<std::string>(&undone);
  const std::size_t rows_before = rows_->rows();
  const std::size_t bytes_before = rows_->bytes() + refused_->bytes();
  Result<formats::DecodedBody> decoded =
      intake_.decoder->decode(bytes, form.value_or(form_seen_in(bytes)),
                              {time.accepted, time.clock + intake_.max_ahead}, *rows_);
  if (!decoded.ok()) {
    ASSERT(rows_->rows() == rows_before);
    if (decoded.error().fault == Fault::denied) return too_large(decoded.error().message);
    const bool is_theirs = decoded.error().fault == Fault::invalid;
    return Refusal{is_theirs ? 400 : 500, is_theirs ? "MALFORMED_BODY" : "INTERNAL",
                   decoded.error().message};
  }
  const std::vector<formats::RefusedRow>& refused = decoded.value().refused;
  receipt.counts.accepted = rows_->rows() - rows_before;
  receipt.counts.quarantined = refused.size();
  if (!refused.empty()) receipt.errors = errors_json(refused);
  quarantine(refused, time.accepted);
  bytes_ += std::max(bytes.size(), rows_->bytes() + refused_->bytes() - bytes_before);
  parts_.push_back({&receipt, rows_->rows()});
  return std::nullopt;
}

void SourceRound::quarantine(const std::vector<formats::RefusedRow>& refused, Instant accepted) {
  for (const formats::RefusedRow& row : refused) {
    refused_->column(0).append<std::int64_t>(accepted.time_since_epoch().count());
    refused_->column(1).append_string(row.code);
    refused_->column(2).append_string(row.reason);
    refused_->column(3).append_string(row.bytes);
  }
}

void SourceRound::move_watermark(const journal::WatermarkHead& head) {
  close_rows();
  watermark_.raise(head);
  entries_.push_back(
      {.kind = journal::Kind::watermark, .topic = intake_.name, .head = journal::encode(head)});
}

void SourceRound::close_rows() {
  const std::vector<Part> parts = std::exchange(parts_, {});
  if (rows_->rows() == 0) return;
  const auto rows = std::exchange(rows_, std::make_shared<Batch>(intake_.decoder->schema()));
  const journal::EventsHead head{.watermark_before = watermark_.value(),
                                 .newest_before = watermark_.newest(),
                                 .lateness = intake_.lateness.count()};
  const Column& times = rows->column(intake_.time_column);
  const std::vector<std::int64_t> in_force = watermark_.follow(head, times);
  const std::span<const std::int64_t> time = times.values<std::int64_t>();
  std::size_t row = 0;
  for (const Part& part : parts) {
    for (; row < part.rows_end; ++row) part.receipt->counts.late += time[row] < in_force[row];
  }
  entries_.push_back({.kind = journal::Kind::events,
                      .topic = intake_.name,
                      .head = journal::encode(head),
                      .batches = {rows}});
}

std::vector<journal::Entry> SourceRound::finish() {
  close_rows();
  if (refused_->rows() > 0) {
    entries_.push_back({.kind = journal::Kind::quarantine,
                        .topic = intake_.name,
                        .batches = {std::exchange(refused_, nullptr)}});
  }
  return std::move(entries_);
}

}  // namespace weir::collect
