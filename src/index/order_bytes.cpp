#include "index/order_bytes.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace weir::index {
namespace {

// The highest byte first.
template <class T>
void put(std::string& bytes, T value) {
  for (int shift = 8 * (sizeof(T) - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

// A negative number has its top bit set, and stands before the others.
template <class T>
void put_signed(std::string& bytes, T value) {
  using Bits = std::make_unsigned_t<T>;
  put(bytes, static_cast<Bits>(static_cast<Bits>(value) ^ Bits{1} << (8 * sizeof(T) - 1)));
}

// Of two negative numbers that with the greater bits is the less.
template <class Bits, class T>
void put_float(std::string& bytes, T value) {
  if (std::isnan(value)) value = std::numeric_limits<T>::quiet_NaN();
  if (value == 0) value = 0;
  const auto bits = std::bit_cast<Bits>(value);
  constexpr Bits top = Bits{1} << (8 * sizeof(Bits) - 1);
  put(bytes, static_cast<Bits>((bits & top) != 0 ? ~bits : bits | top));
}

// A zero byte is written as two, so that the end, a zero and a one, stands before all that goes on.
void put_text(std::string& bytes, std::string_view text) {
  for (const char c : text) {
    bytes.push_back(c);
    if (c == '\0') bytes.push_back('\xff');
  }
  bytes.push_back('\0');
  bytes.push_back('\1');
}

std::size_t text_length(std::string_view bytes) {
  std::size_t at = 0;
  while (bytes[at] != '\0' || bytes[at + 1] != '\1') ++at;
  return at + 2;
}

bool is_unsigned(TypeId type) {
  return type == TypeId::boolean || (type >= TypeId::utinyint && type <= TypeId::uhugeint);
}

void put_whole(std::string& bytes, const Column& column, std::size_t row) {
  switch (value_width(column.type())) {
    case 1: return put_signed(bytes, column.values<std::int8_t>()[row]);
    case 2: return put_signed(bytes, column.values<std::int16_t>()[row]);
    case 4: return put_signed(bytes, column.values<std::int32_t>()[row]);
    case 8: return put_signed(bytes, column.values<std::int64_t>()[row]);
    default:
      put_signed(bytes, column.values<Huge>()[row].upper);
      return put(bytes, column.values<Huge>()[row].lower);
  }
}

void put_unsigned(std::string& bytes, const Column& column, std::size_t row) {
  switch (value_width(column.type())) {
    case 1: return put(bytes, column.values<std::uint8_t>()[row]);
    case 2: return put(bytes, column.values<std::uint16_t>()[row]);
    case 4: return put(bytes, column.values<std::uint32_t>()[row]);
    case 8: return put(bytes, column.values<std::uint64_t>()[row]);
    default:
      put(bytes, static_cast<std::uint64_t>(column.values<Huge>()[row].upper));
      return put(bytes, column.values<Huge>()[row].lower);
  }
}

}  // namespace

void append_order_bytes(std::string& bytes, const Column& column, std::size_t row) {
  bytes.push_back(column.is_null(row) ? null_mark : value_mark);
  if (column.is_null(row)) return;
  const TypeId type = column.type().id;
  if (is_string(column.type())) return put_text(bytes, column.string(row));
  if (type == TypeId::real) return put_float<std::uint32_t>(bytes, column.values<float>()[row]);
  if (type == TypeId::double_precision) {
    return put_float<std::uint64_t>(bytes, column.values<double>()[row]);
  }
  return is_unsigned(type) ? put_unsigned(bytes, column, row) : put_whole(bytes, column, row);
}

std::string_view take_order_bytes(std::string_view& bytes, const Type& type) {
  std::size_t length = 1;
  if (bytes.front() == value_mark) {
    length += is_string(type) ? text_length(bytes.substr(1)) : value_width(type);
  }
  const std::string_view taken = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return taken;
}

void append_order_number(std::string& bytes, std::uint64_t number) { put(bytes, number); }

}  // namespace weir::index
