#include "scalars/zone_rule.h"

#include <charconv>

#include "scalars/civil_time.h"

namespace weir {
namespace {

// A reader of POSIX TZ strings (IEEE 1003.1, 8.3, with the hours of RFC 8536).
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  bool take(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  // "CET", or "<+03>" in brackets.
  bool name() {
    if (take('<')) {
      const std::size_t end = text_.find('>');
      if (end == std::string_view::npos) return false;
      text_.remove_prefix(end + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < text_.size() &&
           ((text_[length] | 0x20) >= 'a' && (text_[length] | 0x20) <= 'z')) {
      ++length;
    }
    text_.remove_prefix(length);
    return length >= 3;
  }

  bool number(int& value) {
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (read.ec != std::errc() || value < 0 || value > 1000) return false;
    text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
    return true;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  bool time(std::int64_t& seconds) {
    const bool negative = take('-');
    if (!negative) take('+');
    int hours = 0, minutes = 0, rest = 0;
    if (!number(hours)) return false;
    if (take(':') && !number(minutes)) return false;
    if (take(':') && !number(rest)) return false;
    seconds = (std::int64_t{hours} * 60 + minutes) * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }

  bool change_day(ZoneChangeDay& change) {
    if (take('M')) {
      if (!number(change.month) || !take('.') || !number(change.week) || !take('.')) return false;
      if (!number(change.day) || change.day > 6) return false;
      if (change.month < 1 || change.month > 12 || change.week < 1 || change.week > 5) return false;
    } else {
      change.form = take('J') ? ZoneChangeDay::Form::julian : ZoneChangeDay::Form::zero_based;
      if (!number(change.day) || change.day > 365) return false;
    }
    return !take('/') || time(change.seconds);
  }

 private:
  std::string_view text_;
};

// Local seconds since 1970 at which the change happens in that year.
std::int64_t change_in(std::int64_t year, const ZoneChangeDay& change) {
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  std::int64_t day = 0;
  if (change.form == ZoneChangeDay::Form::zero_based) {
    day = new_year + change.day;
  } else if (change.form == ZoneChangeDay::Form::julian) {  // February 29 is not counted
    day = new_year + change.day - 1 + (is_leap_year(year) && change.day > 59 ? 1 : 0);
  } else {
    const auto month = static_cast<unsigned>(change.month);
    const std::int64_t first = days_from_civil({year, month, 1});
    const std::int64_t weekday = (first + 4) - floor_divide(first + 4, 7) * 7;  // 0: Sunday
    day = first + (change.day - weekday + 7) % 7 + std::int64_t{7} * (change.week - 1);
    if (day >= first + days_in_month(year, month)) day -= 7;
  }
  return day * seconds_per_day + change.seconds;
}

}  // namespace

std::optional<ZoneRule> parse_zone_rule(std::string_view text) {
  RuleReader reader(text);
  ZoneRule rule;
  if (!reader.name() || !reader.time(rule.standard)) return std::nullopt;
  rule.standard = -rule.standard;  // POSIX counts to the west
  if (reader.at_end()) return rule;
  rule.has_summer = true;
  rule.summer = rule.standard + 3600;
  if (!reader.name()) return std::nullopt;
  if (!reader.take(',')) {
    if (!reader.time(rule.summer) || !reader.take(',')) return std::nullopt;
    rule.summer = -rule.summer;
  }
  if (!reader.change_day(rule.summer_begins) || !reader.take(',')) return std::nullopt;
  if (!reader.change_day(rule.summer_ends) || !reader.at_end()) return std::nullopt;
  return rule;
}

std::int64_t offset_by(const ZoneRule& rule, std::int64_t utc) {
  if (!rule.has_summer) return rule.standard;
  const std::int64_t days = floor_divide(utc + rule.standard, seconds_per_day);
  const std::int64_t year = civil_from_days(days).year;
  const std::int64_t begins = change_in(year, rule.summer_begins) - rule.standard;
  const std::int64_t ends = change_in(year, rule.summer_ends) - rule.summer;
  // South of the equator summer goes over New Year.
  const bool is_summer = begins < ends ? begins <= utc && utc < ends : utc < ends || begins <= utc;
  return is_summer ? rule.summer : rule.standard;
}

}  // namespace weir
