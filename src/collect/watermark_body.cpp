#include "collect/watermark_body.h"

#include <string>
#include <utility>

#include "core/batch.h"
#include "core/duration.h"
#include "core/event_rules.h"
#include "formats/event_decoder.h"
#include "formats/json_value.h"

namespace weir::collect {
namespace {

constexpr const char* member = "watermark";

Refusal invalid(const std::string& reason) {
  return {400, "INVALID_WATERMARK",
          "send {\"watermark\": \"2001-07-01T00:00:00Z\"} or {\"watermark\": \"end\"}: " + reason};
}

Result<Instant> decode_time(std::string_view body, const std::string& time_zone) {
  EventRules rules;
  rules.columns.push_back(
      {.name = member, .type = {TypeId::timestamp}, .path = {member}, .required = true});
  rules.unknown_fields = UnknownFields::quarantine;
  rules.time_zone = time_zone;
  TRY(const auto decoder, formats::EventDecoder::make(std::move(rules)));
  Batch rows(decoder->schema());
  TRY(const formats::DecodedBody decoded,
      decoder->decode(body, formats::BodyForm::json, {Instant{}, Instant::max()}, rows));
  if (!decoded.refused.empty()) return Error{Fault::invalid, decoded.refused.front().reason};
  if (rows.rows() != 1) return Error{Fault::invalid, "one object is asked for"};
  return Instant(std::chrono::microseconds(rows.column(0).values<std::int64_t>().front()));
}

}  // namespace

std::variant<journal::WatermarkHead, Refusal> read_watermark(std::string_view body,
                                                             const workspace::Source& source,
                                                             Instant now) {
  const Result<formats::JsonValue> json = formats::JsonValue::parse(body);
  if (!json.ok()) return invalid(json.error().message);
  if (!json.value().is_object()) return invalid("an object is asked for");
  for (const auto& [name, value] : json.value().object()) {
    if (name != member) return invalid("there is no member " + name);
  }
  if (json.value().object().size() > 1) return invalid("the member stands there twice");
  if (json.value()[member].text() == "end") return journal::WatermarkHead{};
  const Result<Instant> at = decode_time(body, source.rules.time_zone);
  if (!at.ok()) return invalid(at.error().message);
  if (at.value() > now + source.max_ahead) {
    return invalid("this time is further ahead of the clock than max_ahead, " +
                   to_string(source.max_ahead) + ", which source " + source.name +
                   " lets an event be");
  }
  return journal::WatermarkHead{at.value()};
}

}  // namespace weir::collect
