#include "scalars/time_text.h"

#include <cstdlib>

#include "scalars/civil_time.h"

namespace weir {
namespace {

constexpr std::int64_t micros_per_minute = 60 * micros_per_second;
constexpr std::int64_t micros_per_hour = 60 * micros_per_minute;

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() const { return at_ == end_; }
  char next() const { return at_end() ? '\0' : *at_; }
  bool take(char wanted) {
    if (next() != wanted) return false;
    ++at_;
    return true;
  }
  bool two_digits(unsigned& value) {
    if (end_ - at_ < 2 || !is_digit(at_[0]) || !is_digit(at_[1])) return false;
    value = static_cast<unsigned>((at_[0] - '0') * 10 + (at_[1] - '0'));
    at_ += 2;
    return true;
  }
  // Four to six digits, perhaps with a sign.
  bool year(std::int64_t& value) {
    const bool negative = take('-');
    if (!negative) take('+');
    const char* first = at_;
    value = 0;
    while (is_digit(next()) && at_ - first < 6) value = value * 10 + (*at_++ - '0');
    if (negative) value = -value;
    return at_ - first >= 4;
  }
  // Digits behind the point, of which six count.
  bool fraction(std::int64_t& micros) {
    if (!is_digit(next())) return false;
    std::int64_t digit_worth = micros_per_second / 10;
    while (is_digit(next())) {
      micros += (*at_++ - '0') * digit_worth;
      digit_worth /= 10;
    }
    return true;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  const char* at_;
  const char* end_;
};

Fit date(TimeReader& reader, std::int64_t& days) {
  CivilDate date;
  if (!reader.year(date.year) || !reader.take('-') || !reader.two_digits(date.month) ||
      !reader.take('-') || !reader.two_digits(date.day)) {
    return Fit::wrong_type;
  }
  if (date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > days_in_month(date.year, date.month)) {
    return Fit::out_of_range;
  }
  days = days_from_civil(date);
  return Fit::good;
}

Fit time_of_day(TimeReader& reader, std::int64_t& micros) {
  unsigned hours = 0, minutes = 0, seconds = 0;
  if (!reader.two_digits(hours) || !reader.take(':') || !reader.two_digits(minutes)) {
    return Fit::wrong_type;
  }
  micros = 0;
  if (reader.take(':')) {
    if (!reader.two_digits(seconds)) return Fit::wrong_type;
    if ((reader.take('.') || reader.take(',')) && !reader.fraction(micros)) return Fit::wrong_type;
  }
  if (minutes > 59 || seconds > 59) return Fit::out_of_range;
  micros += hours * micros_per_hour + minutes * micros_per_minute + seconds * micros_per_second;
  return micros > micros_per_day ? Fit::out_of_range : Fit::good;
}

// `Z`, +hh, +hhmm or +hh:mm, in microseconds to the east.
Fit offset(TimeReader& reader, std::int64_t& micros) {
  if (reader.take('Z') || reader.take('z')) return Fit::good;
  const bool negative = reader.take('-');
  if (!negative && !reader.take('+')) return Fit::wrong_type;
  unsigned hours = 0, minutes = 0;
  if (!reader.two_digits(hours)) return Fit::wrong_type;
  if ((reader.take(':') || !reader.at_end()) && !reader.two_digits(minutes)) {
    return Fit::wrong_type;
  }
  if (hours > 23 || minutes > 59) return Fit::out_of_range;
  micros = hours * micros_per_hour + minutes * micros_per_minute;
  if (negative) micros = -micros;
  return Fit::good;
}

// True where `text` is an infinity; `value` then has its sign.
template <class Value>
bool infinite(std::string_view text, Value infinity, Value& value) {
  if (text == "infinity") value = infinity;
  if (text == "-infinity") value = -infinity;
  return text.ends_with("infinity") && (text.size() == 8 || text.front() == '-') &&
         text.size() <= 9;
}

void append_two(std::string& text, std::int64_t value) {
  text += static_cast<char>('0' + value / 10);
  text += static_cast<char>('0' + value % 10);
}

template <class Value>
bool append_infinite(std::string& text, Value value, Value infinity) {
  if (value != infinity && value != -infinity) return false;
  text += value == infinity ? "infinity" : "-infinity";
  return true;
}

void append_civil_date(std::string& text, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  if (date.year < 0) text += '-';
  const std::string year = std::to_string(std::abs(date.year));
  if (year.size() < 4) text.append(4 - year.size(), '0');
  text += year;
  text += '-';
  append_two(text, date.month);
  text += '-';
  append_two(text, date.day);
}

}  // namespace

Fit read_date(std::string_view text, std::int32_t& days) {
  if (infinite(text, date_infinity, days)) return Fit::good;
  TimeReader reader(text);
  std::int64_t wide = 0;
  const Fit fit = date(reader, wide);
  if (fit != Fit::good) return fit;
  if (!reader.at_end()) return Fit::wrong_type;
  days = static_cast<std::int32_t>(wide);  // six digits of year are far inside 32 bits of days
  return Fit::good;
}

Fit read_time(std::string_view text, std::int64_t& micros) {
  TimeReader reader(text);
  const Fit fit = time_of_day(reader, micros);
  return fit == Fit::good && !reader.at_end() ? Fit::wrong_type : fit;
}

Fit read_timestamp(std::string_view text, const TimeZone& zone, std::int64_t& micros) {
  const char* usual = text.data();
  const char* end = usual + text.size();
  if (take_usual_timestamp(usual, end, micros) && usual == end) return Fit::good;
  if (infinite(text, timestamp_infinity, micros)) return Fit::good;
  TimeReader reader(text);
  std::int64_t days = 0, time = 0, east = 0;
  bool is_local = true;
  Fit fit = date(reader, days);
  if (fit == Fit::good && !reader.at_end()) {
    if (!reader.take('T') && !reader.take(' ') && !reader.take('t')) return Fit::wrong_type;
    fit = time_of_day(reader, time);
    if (fit == Fit::good && !reader.at_end()) {
      is_local = false;
      reader.take(' ');
      fit = offset(reader, east);
    }
  }
  if (fit != Fit::good) return fit;
  if (!reader.at_end()) return Fit::wrong_type;
  std::int64_t local = 0;
  if (__builtin_mul_overflow(days, micros_per_day, &local) ||
      __builtin_add_overflow(local, time - east, &local)) {
    return Fit::out_of_range;
  }
  if (is_local) {
    const std::int64_t seconds = floor_divide(local, micros_per_second);
    const std::int64_t west = (zone.to_utc(seconds) - seconds) * micros_per_second;
    if (__builtin_add_overflow(local, west, &local)) return Fit::out_of_range;
  }
  if (local < timestamp_min || local == timestamp_infinity) return Fit::out_of_range;
  micros = local;
  return Fit::good;
}

bool take_usual_timestamp(const char*& at, const char* end, std::int64_t& micros) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (end - at <= static_cast<std::ptrdiff_t>(form.size())) return false;
  const char* text = at;
  unsigned beyond = 0;  // bits that no digit and no sign in its place has
  const auto two = [&](int place) {
    const auto tens = static_cast<unsigned char>(text[place] - '0');
    const auto ones = static_cast<unsigned char>(text[place + 1] - '0');
    beyond |= static_cast<unsigned>(tens > 9) | static_cast<unsigned>(ones > 9);
    return tens * 10U + ones;
  };
  const CivilDate date{.year = two(0) * 100U + two(2), .month = two(5), .day = two(8)};
  const unsigned hours = two(11), minutes = two(14), seconds = two(17);
  beyond |= static_cast<unsigned>((text[4] ^ '-') | (text[7] ^ '-') | (text[13] ^ ':') |
                                  (text[16] ^ ':'));
  if (beyond != 0 || (text[10] != 'T' && text[10] != ' ')) return false;
  if (date.month - 1 > 11 || date.day - 1 >= days_in_month(date.year, date.month)) return false;
  if (hours > 23 || minutes > 59 || seconds > 59) return false;
  const char* behind = text + form.size();
  std::int64_t fraction = 0;
  if (*behind == '.') {
    std::int64_t worth = micros_per_second;
    for (++behind; behind < end && *behind >= '0' && *behind <= '9' && worth > 1; ++behind) {
      worth /= 10;
      fraction += (*behind - '0') * worth;
    }
    if (worth == micros_per_second) return false;
  }
  if (behind == end || *behind != 'Z') return false;
  micros = days_from_civil(date) * micros_per_day + hours * micros_per_hour +
           minutes * micros_per_minute + seconds * micros_per_second + fraction;
  at = behind + 1;
  return true;
}

void append_date(std::string& text, std::int32_t days) {
  if (!append_infinite(text, days, date_infinity)) append_civil_date(text, days);
}

void append_time(std::string& text, std::int64_t micros) {
  append_two(text, micros / micros_per_hour);
  text += ':';
  append_two(text, micros / micros_per_minute % 60);
  text += ':';
  append_two(text, micros / micros_per_second % 60);
  std::int64_t fraction = micros % micros_per_second;
  if (fraction == 0) return;
  text += '.';
  for (std::int64_t worth = micros_per_second / 10; fraction > 0; worth /= 10) {
    text += static_cast<char>('0' + fraction / worth);
    fraction %= worth;
  }
}

void append_local_time(std::string& text, std::int64_t micros) {
  if (append_infinite(text, micros, timestamp_infinity)) return;
  const std::int64_t days = floor_divide(micros, micros_per_day);
  append_civil_date(text, days);
  text += 'T';
  append_time(text, micros - days * micros_per_day);
}

void append_timestamp(std::string& text, std::int64_t micros) {
  append_local_time(text, micros);
  if (micros != timestamp_infinity && micros != -timestamp_infinity) text += 'Z';
}

}  // namespace weir
