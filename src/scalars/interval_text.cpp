#include "scalars/interval_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <limits>

#include "scalars/civil_time.h"
#include "scalars/decimal_text.h"
#include "scalars/time_text.h"

namespace weir {
namespace {

// What one of a unit is worth.
struct Unit {
  std::string_view name;
  std::int64_t months, days, micros;
};

constexpr auto date_units =
    std::to_array<Unit>({{"Y", 12, 0, 0}, {"M", 1, 0, 0}, {"W", 0, 7, 0}, {"D", 0, 1, 0}});
constexpr auto time_units = std::to_array<Unit>(
    {{"H", 0, 0, 3'600'000'000}, {"M", 0, 0, 60'000'000}, {"S", 0, 0, 1'000'000}});
constexpr auto word_units = std::to_array<Unit>({{"year", 12, 0, 0},
                                                 {"month", 1, 0, 0},
                                                 {"week", 0, 7, 0},
                                                 {"day", 0, 1, 0},
                                                 {"hour", 0, 0, 3'600'000'000},
                                                 {"minute", 0, 0, 60'000'000},
                                                 {"second", 0, 0, 1'000'000},
                                                 {"millisecond", 0, 0, 1'000},
                                                 {"microsecond", 0, 0, 1}});

// Adds up parts in wide numbers; whether the sum fits is asked at the end.
class IntervalSum {
 public:
  // `number` may have a fraction, to the microsecond, where the unit is one of time.
  Fit add(std::string_view number, const Unit& unit, bool negative) {
    const auto parts = split_number(number.starts_with('+') ? number.substr(1) : number);
    if (!parts) return Fit::wrong_type;
    UnsignedInt128 millionths = 0;
    const Fit fit = scale_number(*parts, 6, Excess::cut, millionths);
    if (fit != Fit::good || millionths > most) return Fit::out_of_range;
    auto count = static_cast<Int128>(millionths);
    if (negative != parts->negative) count = -count;
    if (unit.micros == 0 && count % micros_per_second != 0) return Fit::wrong_type;
    months_ += count / micros_per_second * unit.months;
    days_ += count / micros_per_second * unit.days;
    micros_ += count * unit.micros / micros_per_second;
    return Fit::good;
  }

  Fit result(IntervalValue& interval) const {
    interval = {static_cast<std::int32_t>(months_), static_cast<std::int32_t>(days_),
                static_cast<std::int64_t>(micros_)};
    const bool fits =
        interval.months == months_ && interval.days == days_ && interval.micros == micros_;
    return fits ? Fit::good : Fit::out_of_range;
  }

 private:
  // A thousand million million units, in millionths: what is more never fits.
  static constexpr auto most = static_cast<UnsignedInt128>(1'000'000'000'000'000) * 1'000'000;

  Int128 months_ = 0, days_ = 0, micros_ = 0;
};

std::string_view take_number(std::string_view& text) {
  const auto end = std::ranges::find_if(
      text, [](unsigned char c) { return !std::isdigit(c) && c != '.' && c != '-' && c != '+'; });
  const auto length = static_cast<std::size_t>(end - text.begin());
  const std::string_view number = text.substr(0, length);
  text.remove_prefix(length);
  return number;
}

Fit read_iso(std::string_view text, IntervalValue& interval) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 2 : 1);
  IntervalSum sum;
  bool is_time = false;
  bool is_empty = true;
  while (!text.empty()) {
    if (!is_time && text.front() == 'T') {
      is_time = is_empty = true;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view number = take_number(text);
    if (text.empty()) return Fit::wrong_type;
    const std::string_view name = text.substr(0, 1);
    const Unit* begin = is_time ? std::begin(time_units) : std::begin(date_units);
    const Unit* end = is_time ? std::end(time_units) : std::end(date_units);
    const Unit* unit = std::find_if(begin, end, [&](const Unit& u) { return u.name == name; });
    if (unit == end) return Fit::wrong_type;
    const Fit fit = sum.add(number, *unit, negative);
    if (fit != Fit::good) return fit;
    text.remove_prefix(1);
    is_empty = false;
  }
  return is_empty ? Fit::wrong_type : sum.result(interval);
}

// "03:04:05.5", perhaps with a minus.
Fit add_clock(std::string_view text, IntervalSum& sum) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t micros = 0;
  const Fit fit = read_time(text, micros);
  if (fit != Fit::good) return fit;
  return sum.add(std::to_string(micros), word_units.back(), negative);
}

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

Fit read_words(std::string_view text, IntervalValue& interval) {
  IntervalSum sum;
  std::string_view number = take_word(text);
  if (number.empty()) return Fit::wrong_type;
  for (; !number.empty(); number = take_word(text)) {
    if (number.find(':') != std::string_view::npos) {
      const Fit fit = add_clock(number, sum);
      if (fit != Fit::good) return fit;
      continue;
    }
    std::string name(take_word(text));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name.size() > 1 && name.ends_with('s')) name.pop_back();
    const auto unit = std::ranges::find(word_units, std::string_view(name), &Unit::name);
    if (unit == word_units.end()) return Fit::wrong_type;
    const Fit fit = sum.add(number, *unit, false);
    if (fit != Fit::good) return fit;
  }
  return sum.result(interval);
}

void append_part(std::string& text, std::int64_t count, char unit) {
  if (count == 0) return;
  text += std::to_string(count);
  text += unit;
}

void append_seconds(std::string& text, std::int64_t micros) {
  if (micros == 0) return;
  append_decimal(text, micros, 6);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  text += 'S';
}

}  // namespace

Fit read_interval(std::string_view text, IntervalValue& interval) {
  const bool is_iso = text.starts_with('P') || text.starts_with("-P");
  return is_iso ? read_iso(text, interval) : read_words(text, interval);
}

void append_interval(std::string& text, const IntervalValue& interval) {
  if (interval == IntervalValue{}) {
    text += "PT0S";
    return;
  }
  text += 'P';
  append_part(text, interval.months / 12, 'Y');
  append_part(text, interval.months % 12, 'M');
  append_part(text, interval.days, 'D');
  if (interval.micros == 0) return;
  text += 'T';
  append_part(text, interval.micros / 3'600'000'000, 'H');
  append_part(text, interval.micros / 60'000'000 % 60, 'M');
  append_seconds(text, interval.micros % 60'000'000);
}

}  // namespace weir
