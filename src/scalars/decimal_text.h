// Numbers as text, exactly and in both directions: no digit goes through a float.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/column.h"
#include "scalars/fit.h"

namespace weir {

__extension__ using Int128 = __int128;
__extension__ using UnsignedInt128 = unsigned __int128;

inline Int128 wide(Huge value) {
  return static_cast<Int128>(
      static_cast<UnsignedInt128>(static_cast<std::uint64_t>(value.upper)) << 64 | value.lower);
}
inline Huge huge(Int128 value) {
  return {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)};
}

// A number by JSON's grammar, cut into its parts.
struct NumberParts {
  bool negative = false;
  std::string_view whole, fraction;  // digits
  std::int32_t exponent = 0;         // of ten; huge ones are cut to a million
};
// Nothing where `text` is no number.
std::optional<NumberParts> split_number(std::string_view text);

// What becomes of digits behind the last one kept, if they are not zeros.
enum class Excess : std::uint8_t { refuse, cut };

// The magnitude of the number times 10^scale. wrong_type: digits would be lost; out_of_range: more
// than 128 bits.
Fit scale_number(const NumberParts& number, int scale, Excess excess, UnsignedInt128& magnitude);

// Every digit of a number, times 10^scale, with its sign.
Fit read_exact(std::string_view text, int scale, Excess excess, Int128& value);
// The digits of a value of a DECIMAL, of which none is lost.
Fit read_decimal(std::string_view text, const Type& type, Int128& value);

// The common numbers, fast, from the front of a text: up to 18 digits, perhaps with a minus; up to
// 15 with a point among them. False, and nothing taken, where something else stands there or a
// number goes on behind it.
bool take_short_integer(const char*& at, const char* end, std::int64_t& value);
bool take_short_float(const char*& at, const char* end, double& value);
// The same where it is the whole text.
bool read_short_integer(std::string_view text, std::int64_t& value);
// The nearest double or float; wrong_type: no number; out_of_range: beyond the largest.
Fit read_float(std::string_view text, double& value);
Fit read_float(std::string_view text, float& value);

void append_integer(std::string& text, Int128 value);
void append_unsigned(std::string& text, UnsignedInt128 value);
// 150 of scale 2 is 1.50.
void append_decimal(std::string& text, Int128 value, int scale);

}  // namespace weir
