#include "scalars/decimal_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

namespace weir {
namespace {

constexpr std::int32_t exponent_max = 1'000'000;
constexpr std::ptrdiff_t short_digits_max = 18;
constexpr std::ptrdiff_t exact_digits_max = 15;  // of a double

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

// The digits before and behind the point as one row, which is never built.
struct DigitRow {
  std::string_view whole, fraction;

  std::int64_t size() const { return static_cast<std::int64_t>(whole.size() + fraction.size()); }
  char operator[](std::int64_t at) const {
    const auto index = static_cast<std::size_t>(at);
    return index < whole.size() ? whole[index] : fraction[index - whole.size()];
  }
};

bool push_digit(UnsignedInt128& value, unsigned digit) {
  return !__builtin_mul_overflow(value, UnsignedInt128{10}, &value) &&
         !__builtin_add_overflow(value, UnsignedInt128{digit}, &value);
}

// A number would go on with this.
bool is_in_number(const char* at, const char* end) {
  return at < end && (*at == '.' || *at == '-' || *at == '+' || (*at | 0x20) == 'e');
}

// Adds the digits that follow to `value`, which overflows where there are more than 19.
void take_digits(const char*& at, const char* end, std::uint64_t& value) {
  for (; at < end && is_digit(*at); ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
}

// A sign and the digits before a point, at the front of a text.
struct WholePart {
  bool negative = false;
  std::uint64_t magnitude = 0;
  std::ptrdiff_t digits = 0;
  bool has_needless_zero = false;
  const char* behind = nullptr;
};

WholePart whole_part(const char* at, const char* end) {
  WholePart part{.negative = at < end && *at == '-'};
  const char* first = at + (part.negative ? 1 : 0);
  part.behind = first;
  take_digits(part.behind, end, part.magnitude);
  part.digits = part.behind - first;
  part.has_needless_zero = part.digits > 1 && *first == '0';
  return part;
}

template <class Float>
Fit read_long_float(std::string_view text, Float& value) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc() && std::isfinite(value)) return Fit::good;
  // from_chars says the same of the too large and the too small; these are zero.
  const auto number = split_number(text);
  const DigitRow digits{number->whole, number->fraction};
  std::int64_t zeros = 0;
  while (zeros < digits.size() && digits[zeros] == '0') ++zeros;
  const auto magnitude = static_cast<std::int64_t>(number->whole.size()) - zeros + number->exponent;
  if (zeros < digits.size() && magnitude > 0) return Fit::out_of_range;
  value = number->negative ? -Float{0} : Float{0};
  return Fit::good;
}

}  // namespace

std::optional<NumberParts> split_number(std::string_view text) {
  NumberParts number;
  if (!text.empty() && text.front() == '-') {
    number.negative = true;
    text.remove_prefix(1);
  }
  number.whole = take_digits(text);
  if (number.whole.empty() || (number.whole.size() > 1 && number.whole.front() == '0')) {
    return std::nullopt;
  }
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return std::nullopt;
  }
  if (text.empty()) return number;
  if ((text.front() | 0x20) != 'e') return std::nullopt;
  text.remove_prefix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  for (const char c : digits) {
    number.exponent = std::min(number.exponent * 10 + (c - '0'), exponent_max);
  }
  if (negative) number.exponent = -number.exponent;
  return number;
}

Fit scale_number(const NumberParts& number, int scale, Excess excess, UnsignedInt128& magnitude) {
  const DigitRow digits{number.whole, number.fraction};
  // How many of the row's digits stand before the last one kept.
  const std::int64_t kept =
      static_cast<std::int64_t>(number.whole.size()) + number.exponent + scale;
  magnitude = 0;
  for (std::int64_t i = 0; i < std::min(kept, digits.size()); ++i) {
    if (!push_digit(magnitude, static_cast<unsigned>(digits[i] - '0'))) return Fit::out_of_range;
  }
  for (std::int64_t i = digits.size(); magnitude != 0 && i < kept; ++i) {
    if (!push_digit(magnitude, 0)) return Fit::out_of_range;
  }
  for (std::int64_t i = std::max(kept, std::int64_t{0});
       excess == Excess::refuse && i < digits.size(); ++i) {
    if (digits[i] != '0') return Fit::wrong_type;
  }
  return Fit::good;
}

Fit read_exact(std::string_view text, int scale, Excess excess, Int128& value) {
  constexpr auto most = static_cast<UnsignedInt128>(std::numeric_limits<std::int64_t>::max())
                            << 64 |
                        std::numeric_limits<std::uint64_t>::max();
  const auto number = split_number(text);
  if (!number) return Fit::wrong_type;
  UnsignedInt128 magnitude = 0;
  const Fit fit = scale_number(*number, scale, excess, magnitude);
  if (fit != Fit::good) return fit;
  if (magnitude > most + (number->negative ? 1 : 0)) return Fit::out_of_range;
  value = static_cast<Int128>(number->negative ? -magnitude : magnitude);
  return Fit::good;
}

Fit read_decimal(std::string_view text, const Type& type, Int128& value) {
  const Fit fit = read_exact(text, type.scale, Excess::refuse, value);
  if (fit != Fit::good) return fit;
  Int128 limit = 1;
  for (int i = 0; i < type.width; ++i) limit *= 10;
  return value >= limit || value <= -limit ? Fit::out_of_range : Fit::good;
}

bool take_short_integer(const char*& at, const char* end, std::int64_t& value) {
  const WholePart whole = whole_part(at, end);
  if (whole.digits == 0 || whole.digits > short_digits_max || whole.has_needless_zero) return false;
  if (is_in_number(whole.behind, end)) return false;
  value = static_cast<std::int64_t>(whole.magnitude);
  if (whole.negative) value = -value;
  at = whole.behind;
  return true;
}

// Clinger's fast path: both numbers are exact in a double, so one rounding makes the nearest.
bool take_short_float(const char*& at, const char* end, double& value) {
  constexpr double tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                             1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const WholePart whole = whole_part(at, end);
  const char* behind = whole.behind;
  std::uint64_t mantissa = whole.magnitude;
  std::ptrdiff_t fraction = 0;
  if (behind < end && *behind == '.') {
    const char* point = behind++;
    take_digits(behind, end, mantissa);
    fraction = behind - point - 1;
    if (fraction == 0) return false;
  }
  if (whole.digits == 0 || whole.digits + fraction > exact_digits_max) return false;
  if (whole.has_needless_zero || is_in_number(behind, end)) return false;
  value = static_cast<double>(mantissa) / tens[fraction];
  if (whole.negative) value = -value;
  at = behind;
  return true;
}

bool read_short_integer(std::string_view text, std::int64_t& value) {
  const char* at = text.data();
  const char* end = at + text.size();
  return take_short_integer(at, end, value) && at == end;
}

Fit read_float(std::string_view text, double& value) {
  const char* at = text.data();
  const char* end = at + text.size();
  if (take_short_float(at, end, value) && at == end) return Fit::good;
  return split_number(text) ? read_long_float(text, value) : Fit::wrong_type;
}

Fit read_float(std::string_view text, float& value) {
  // Not by way of a double: that would round twice.
  return split_number(text) ? read_long_float(text, value) : Fit::wrong_type;
}

void append_unsigned(std::string& text, UnsignedInt128 value) {
  char digits[40];
  char* first = digits + sizeof digits;
  do {
    *--first = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  text.append(first, static_cast<std::size_t>(digits + sizeof digits - first));
}

void append_integer(std::string& text, Int128 value) {
  if (value < 0) text += '-';
  const auto bits = static_cast<UnsignedInt128>(value);
  append_unsigned(text, value < 0 ? -bits : bits);
}

void append_decimal(std::string& text, Int128 value, int scale) {
  if (value < 0) text += '-';
  const auto bits = static_cast<UnsignedInt128>(value);
  const std::size_t first = text.size();
  append_unsigned(text, value < 0 ? -bits : bits);
  if (scale == 0) return;
  const auto behind = static_cast<std::size_t>(scale);
  const std::size_t digits = text.size() - first;
  if (digits <= behind) text.insert(first, behind + 1 - digits, '0');
  text.insert(text.size() - behind, 1, '.');
}

}  // namespace weir
