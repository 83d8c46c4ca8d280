#include "core/instant_text.h"

#include <cctype>
#include <optional>
#include <string>

namespace weir {
namespace {

using std::chrono::microseconds;

// Reads fixed forms from the front; once one did not fit, it stays bad.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (left_.empty() || !std::isdigit(static_cast<unsigned char>(left_.front()))) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (left_.front() - '0');
      left_.remove_prefix(1);
    }
    return value;
  }
  bool take(std::string_view any_of) {
    if (left_.empty() || any_of.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }
  void need(std::string_view any_of) { good_ = take(any_of) && good_; }
  // Below a microsecond it is cut.
  microseconds fraction() {
    std::int64_t micros = 0;
    std::int64_t unit = 100'000;
    good_ = next_is_digit() && good_;
    for (; next_is_digit(); unit /= 10) {
      micros += (left_.front() - '0') * unit;
      left_.remove_prefix(1);
    }
    return microseconds(micros);
  }
  char front() const { return left_.empty() ? '\0' : left_.front(); }
  bool at_end() const { return left_.empty(); }
  bool good() const { return good_; }
  void refuse() { good_ = false; }

 private:
  bool next_is_digit() const {
    return !left_.empty() && std::isdigit(static_cast<unsigned char>(left_.front()));
  }

  std::string_view left_;
  bool good_ = true;
};

microseconds read_time(Reader& reader) {
  const int hour = reader.digits(2);
  reader.need(":");
  const int minute = reader.digits(2);
  const int second = reader.take(":") ? reader.digits(2) : 0;
  if (hour > 23 || minute > 59 || second > 59) reader.refuse();
  const microseconds fraction = reader.take(".") ? reader.fraction() : microseconds(0);
  return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) +
         fraction;
}

microseconds read_offset(Reader& reader) {
  if (reader.take("Zz")) return microseconds(0);
  const bool west = reader.front() == '-';
  if (!reader.take("+-")) return microseconds(0);
  const int hours = reader.digits(2);
  const int minutes = reader.take(":") || !reader.at_end() ? reader.digits(2) : 0;
  const microseconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  Reader reader(text);
  const int year = reader.digits(4);
  reader.need("-");
  const int month = reader.digits(2);
  reader.need("-");
  const int day = reader.digits(2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  Instant instant;
  if (date.ok()) instant = std::chrono::sys_days(date);
  if (reader.take("Tt ")) {
    instant += read_time(reader);
    instant -= read_offset(reader);
  }
  if (reader.good() && reader.at_end() && date.ok()) return instant;
  return Error{Fault::invalid,
               "\"" + std::string(text) + "\" is no timestamp: write it like 2001-01-31 13:00:00"};
}

}  // namespace weir
