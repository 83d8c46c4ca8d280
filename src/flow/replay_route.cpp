#include "flow/replay_route.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/json_text.h"
#include "core/suggestion.h"
#include "formats/event_decoder.h"
#include "formats/json_value.h"
#include "net/envelope.h"
#include "scalars/time_text.h"

namespace weir::flow {
namespace {

using formats::JsonValue;

Error wrong_body(const std::string& why) {
  return {
      Fault::invalid,
      R"(send {"code": "MISSING", "since": "2001-01-01", "until": "2001-02-01", "again": false, )"
      R"("dry_run": true}, of which all may be left out, and the "next" of an answer to go on: )" +
          why};
}

Result<Instant> read_time(const JsonValue& value, const TimeZone& zone) {
  std::int64_t micros = 0;
  if (value.is_text() && read_timestamp(value.text(), zone, micros) == Fit::good) {
    return Instant(std::chrono::microseconds(micros));
  }
  return Error{Fault::invalid,
               "\"" + value.text() + "\" is no time: write 2001-02-03T04:05:06Z, or the day alone"};
}

Result<std::string> read_code(const std::string& code) {
  const std::vector<std::string> known(formats::refusal_codes.begin(),
                                       formats::refusal_codes.end());
  if (std::ranges::find(known, code) != known.end()) return code;
  return Error{Fault::invalid,
               fmt::format("there is no code \"{}\": rows are set aside as {}{}", code,
                           fmt::join(known, ", "), did_you_mean(code, known))};
}

// Where an earlier answer ended.
Result<void> read_place(const JsonValue& next, ReplayWish& wish) {
  constexpr std::uint64_t row_max = std::numeric_limits<std::uint32_t>::max();
  const JsonValue& row = next["row"];
  if (!next["position"].is_count() || !row.is_count() || row.unsigned_integer() > row_max) {
    return wrong_body("\"next\" is not as an answer had it");
  }
  wish.position = next["position"].unsigned_integer();
  wish.row = static_cast<std::uint32_t>(row.unsigned_integer());
  return {};
}

Result<void> read_member(const JsonValue::Member& member, const TimeZone& zone, ReplayWish& wish) {
  const auto& [name, value] = member;
  if (name == "code" && value.is_text()) {
    TRY(wish.code, read_code(value.text()));
  } else if (name == "since") {
    TRY(wish.since, read_time(value, zone));
  } else if (name == "until") {
    TRY(wish.until, read_time(value, zone));
  } else if (name == "into" && value.is_text()) {
    wish.into = value.text();
  } else if (name == "late" && value.is_boolean()) {
    wish.late = value.boolean();
  } else if (name == "again" && value.is_boolean()) {
    wish.again = value.boolean();
  } else if (name == "dry_run" && value.is_boolean()) {
    wish.dry_run = value.boolean();
  } else if (name == "next") {
    return read_place(value, wish);
  } else {
    return wrong_body(fmt::format("\"{}\" is none of these, or of another type", name));
  }
  return {};
}

Result<ReplayWish> read_wish(const std::string& body, const TimeZone& zone) {
  ReplayWish wish;
  if (body.empty()) return wish;
  const auto json = JsonValue::parse(body);
  if (!json.ok() || !json.value().is_object()) return wrong_body("this is no JSON object");
  for (const JsonValue::Member& member : json.value().object()) {
    OK_OR_RETURN(read_member(member, zone, wish));
  }
  if (wish.since && wish.until && *wish.since >= *wish.until) {
    return Error{Fault::invalid, "no time is between these two: the first has to be earlier"};
  }
  return wish;
}

std::string json_of(const ReplayAnswer& answer) {
  std::string refused;
  for (const auto& [code, reason] : answer.first_refused) {
    refused += fmt::format(R"({}{{"code":{},"reason":{}}})", refused.empty() ? "" : ",",
                           json_string(code), json_string(reason));
  }
  const std::string next = answer.next ? fmt::format(R"({{"position":{},"row":{}}})",
                                                     answer.next->first, answer.next->second)
                                       : "null";
  return fmt::format(
      R"({{"rows":{},"accepted":{},"late":{},"refused":{},"replayed_before":{},"still_late":{},)"
      R"("errors":[{}],"next":{}}})",
      answer.rows, answer.accepted, answer.late, answer.refused, answer.replayed, answer.still_late,
      refused, next);
}

net::Response refuse(const Error& error) {
  if (error.fault != Fault::not_found) return net::refusal(error);
  return net::refusal(404, "SOURCE_NOT_FOUND", error.message);
}

}  // namespace

net::Response answer_replay(const net::Request& request, const std::string& name,
                            const Asker& asker, const Replay& replay) {
  const Result<ReplayWish> read = read_wish(request.body, asker.zone);
  if (!read.ok()) return net::refusal(400, "INVALID_BODY", read.error().message);
  ReplayWish wish = read.value();
  wish.name = name;
  const Result<ReplayWay> way = replay.way(wish);
  if (!way.ok()) return refuse(way.error());
  const auto may = [&](govern::Action action, const std::string& source) {
    return govern::allows(asker.token.scopes, action, source);
  };
  if (!may(govern::Action::read, way.value().from) || !may(govern::Action::write, way.value().to)) {
    return net::refusal(403, "SCOPE_MISSING",
                        fmt::format("this replay needs the scopes read:{} and write:{}",
                                    way.value().from, way.value().to));
  }
  const Result<ReplayAnswer> done = replay.replay(wish);
  return done.ok() ? net::success(json_of(done.value())) : refuse(done.error());
}

}  // namespace weir::flow
