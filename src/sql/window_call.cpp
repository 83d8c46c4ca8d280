#include "sql/window_call.h"

#include <cstdlib>
#include <numeric>
#include <string>

#include "engine/database.h"
#include "sql/literal.h"

namespace weir::sql {
namespace {

using formats::JsonValue;
using std::chrono::microseconds;

constexpr std::int64_t day_micros = 86'400'000'000;
// Of hop: a row is work for each of them, and with emit: changes also a row.

bool is_whole_days(const IntervalValue& interval) {
  return interval.months == 0 && interval.micros % day_micros == 0;
}

std::int64_t day_count(const IntervalValue& interval) {
  return interval.days + interval.micros / day_micros;
}

// For comparing: a month as 31 days when it is the longer side, 28 when it is the shorter.
std::int64_t micros_about(const IntervalValue& interval, std::int64_t days_a_month) {
  return (interval.months * days_a_month + interval.days) * day_micros + interval.micros;
}

// So that lengths, and sums of a few, fit into microseconds.
constexpr std::int64_t days_max = std::int64_t{10'000} * 12 * 31;

bool is_too_long(const IntervalValue& interval) {
  const std::int64_t days = std::abs(std::int64_t{interval.months}) * 31 +
                            std::abs(std::int64_t{interval.days}) +
                            std::abs(interval.micros / day_micros);
  return days > days_max;
}

bool is_positive(const IntervalValue& interval) { return micros_about(interval, 28) > 0; }

bool mixes_months(const IntervalValue& interval) {
  return interval.months != 0 && (interval.days != 0 || interval.micros != 0);
}

}  // namespace

std::optional<WindowMarker> find_marker(const JsonValue& expression) {
  if (expression["name"].text() != "struct_extract") return std::nullopt;
  const auto& arguments = expression["children"].array();
  if (arguments.empty() || arguments.front()["name"].text() != "struct_pack") return std::nullopt;
  const JsonValue& packed = arguments.front();
  const JsonValue& fields = packed["return_type"]["type_info"]["child_types"];
  const auto& values = packed["children"].array();
  if (values.size() != 5 || fields.at(0)["first"].text() != "weir_window") return std::nullopt;
  const std::string& kind = values[0]["value"]["value"].text();
  return WindowMarker{kind.starts_with("hop"),
                      kind.ends_with("end"),
                      &values[1],
                      &values[2],
                      &values[3],
                      &values[4]};
}

std::optional<microseconds> fixed_length(const IntervalValue& interval) {
  if (interval.months != 0) return std::nullopt;
  return microseconds(interval.days * day_micros + interval.micros);
}

std::optional<std::string> wrong_sizes(const WindowCall& call) {
  for (const IntervalValue* length : {&call.size, &call.slide, &call.shift}) {
    if (is_too_long(*length)) return "a window's size, slide and shift are 10,000 years at most";
  }
  for (const IntervalValue* length : {&call.size, &call.slide}) {
    if (!is_positive(*length)) return "a window's size and slide are longer than nothing";
    if (mixes_months(*length))
      return "a window is so many months, or so many days and hours: not both";
  }
  if (mixes_months(call.shift) || call.shift.months != 0)
    return "a shift is counted in days and hours, not in months";
  if (call.slide.months != 0 && (call.shift.days != 0 || call.shift.micros != 0))
    return "windows that begin with a month have no shift: leave it out, or count them in days";
  const bool too_wide = micros_about(call.slide, 28) > micros_about(call.size, 28) &&
                        micros_about(call.slide, 31) > micros_about(call.size, 31);
  if (too_wide)
    return "the slide is larger than the size, so rows between two windows would be lost: make it "
           "the size or less";
  const std::int64_t windows_a_row = micros_about(call.size, 31) / micros_about(call.slide, 31);
  if (call.hops && windows_a_row > windows_a_row_max)
    return "each row would be in " + std::to_string(windows_a_row) + " windows, and " +
           std::to_string(windows_a_row_max) + " are the most: make the slide larger";
  return std::nullopt;
}

WindowLayout::WindowLayout(WindowCall call, std::string time_zone, microseconds zone_offset)
    : call_(std::move(call)), time_zone_(std::move(time_zone)), zone_offset_(zone_offset) {
  const bool by_days = is_whole_days(call_.slide) || is_whole_days(call_.size);
  const bool by_months = call_.slide.months != 0 || call_.size.months != 0;
  by_calendar_ = by_months || (by_days && time_zone_ != "UTC");
}

std::optional<WindowSpec::Hop> WindowLayout::panes() const {
  if (!call_.hops || by_calendar_) return std::nullopt;
  const microseconds size = *fixed_length(call_.size);
  const microseconds slide = *fixed_length(call_.slide);
  return WindowSpec::Hop{.size = size,
                         .slide = slide,
                         .pane = microseconds(std::gcd(size.count(), slide.count())),
                         .shift = origin_micros()};
}

// Weeks begin on Mondays, and 1970-01-05 was one.
microseconds WindowLayout::origin_micros() const {
  const bool weeks = is_whole_days(call_.slide) && day_count(call_.slide) % 7 == 0;
  const microseconds monday(weeks ? 4 * day_micros : 0);
  const microseconds shift = *fixed_length(call_.shift);
  return monday + shift - (by_calendar_ ? microseconds(0) : zone_offset_);
}

std::string WindowLayout::origin() const {
  const microseconds micros = origin_micros();
  std::string epoch = "TIMESTAMP '1970-01-01 00:00:00'";
  if (micros == microseconds(0)) return epoch;
  return "(" + epoch + " + " + interval_text({.micros = micros.count()}) + ")";
}

std::string WindowLayout::bucket(const IntervalValue& step, const std::string& time) const {
  return "time_bucket(" + interval_text(step) + ", " + time + ", " + origin() + ")";
}

std::string WindowLayout::local(const std::string& utc) const {
  if (!by_calendar_ || time_zone_ == "UTC") return utc;
  return "timezone(" + engine::quote_text(time_zone_) + ", CAST(" + utc +
         " AS TIMESTAMP WITH TIME ZONE))";
}

std::string WindowLayout::utc(const std::string& local) const {
  if (!by_calendar_ || time_zone_ == "UTC") return local;
  return "CAST(timezone(" + engine::quote_text(time_zone_) + ", " + local + ") AS TIMESTAMP)";
}

std::string WindowLayout::bound(bool is_end) const {
  const IntervalValue size =
      call_.hops ? IntervalValue{.micros = panes()->pane.count()} : call_.size;
  const std::string start = bucket(size, local(call_.ts));
  return utc(is_end ? "(" + start + " + " + interval_text(size) + ")" : start);
}

std::optional<PlainColumn::Bound> WindowLayout::plain_bound(bool is_end) const {
  if (by_calendar_) return std::nullopt;
  const microseconds size = call_.hops ? panes()->pane : *fixed_length(call_.size);
  return PlainColumn::Bound{.size = size, .shift = origin_micros(), .is_end = is_end};
}

std::string WindowLayout::hop_starts() const {
  const std::string time = local(call_.ts);
  const std::string size = interval_text(call_.size);
  const std::string earliest = bucket(call_.slide, "(" + time + " - " + size + ")");
  return "list_filter(range(" + earliest + ", " + time + " + INTERVAL '1 microseconds', " +
         interval_text(call_.slide) + "), lambda s: s + " + size + " > " + time + ")";
}

std::string WindowLayout::hop_start(const std::string& start) const { return utc(start); }

std::string WindowLayout::hop_end(const std::string& start) const {
  return utc("(" + start + " + " + interval_text(call_.size) + ")");
}

}  // namespace weir::sql
