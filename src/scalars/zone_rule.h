// When a zone's clock changes in years to come, as POSIX TZ strings say it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

// The day of a year on which a zone's clock changes.
struct ZoneChangeDay {
  enum class Form : std::uint8_t { month_week_day, julian, zero_based };
  Form form = Form::month_week_day;
  int month = 1, week = 1, day = 0;  // week 5: the last; the other forms have a day alone
  std::int64_t seconds = 7200;       // local time of day; may be negative or beyond a day
};

// What holds after the last change a zone's file lists.
struct ZoneRule {
  std::int64_t standard = 0;  // seconds east of UTC
  std::int64_t summer = 0;
  bool has_summer = false;
  ZoneChangeDay summer_begins, summer_ends;
};

// "CET-1CEST,M3.5.0,M10.5.0/3"; nothing where that is no such text.
std::optional<ZoneRule> parse_zone_rule(std::string_view text);
// Seconds east of UTC at an instant, by the rule.
std::int64_t offset_by(const ZoneRule& rule, std::int64_t utc);

}  // namespace weir
