#include "scalars/value_bytes.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

namespace weir {
namespace {

template <class T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(std::string_view& bytes) {
  ASSERT(bytes.size() >= sizeof(T));
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

template <class T>
T formed(T value, ValueForm form) {
  if (form == ValueForm::exact) return value;
  if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  return value == 0 ? T{0} : value;
}

constexpr std::int64_t days_a_month = 30;
constexpr std::int64_t micros_a_day = std::chrono::microseconds(std::chrono::days(1)).count();

// As much as an interval's part holds; what is over goes into the smaller part.
std::int32_t part_of(std::int64_t count, std::int64_t& smaller, std::int64_t scale) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int64_t held = std::clamp<std::int64_t>(count, Limits::min(), Limits::max());
  smaller += (count - held) * scale;
  return static_cast<std::int32_t>(held);
}

// SQL compares intervals after carrying to the left; parts of other signs stay beside each other.
IntervalValue formed(const IntervalValue& value, ValueForm form) {
  if (form == ValueForm::exact) return value;
  std::int64_t micros = value.micros % micros_a_day;
  std::int64_t days = value.days + value.micros / micros_a_day;
  const std::int64_t months = value.months + days / days_a_month;
  days %= days_a_month;
  IntervalValue carried{.months = part_of(months, days, days_a_month)};
  carried.days = part_of(days, micros, micros_a_day);
  carried.micros = micros;
  return carried;
}

template <class T>
void move_value(Column& column, std::string_view& bytes) {
  column.append(take<T>(bytes));
}

void put_list(std::string& bytes, const Column& column, std::size_t row, ValueForm form) {
  const ListRef ref = column.values<ListRef>()[row];
  put(bytes, ref.length);
  for (std::uint64_t i = 0; i < ref.length; ++i) {
    append_value_bytes(bytes, column.child(0), ref.offset + i, form);
  }
}

void put_fixed(std::string& bytes, const Column& column, std::size_t row) {
  switch (value_width(column.type())) {
    case 1: put(bytes, column.values<std::uint8_t>()[row]); break;
    case 2: put(bytes, column.values<std::uint16_t>()[row]); break;
    case 4: put(bytes, column.values<std::uint32_t>()[row]); break;
    case 8: put(bytes, column.values<std::uint64_t>()[row]); break;
    default: put(bytes, column.values<Huge>()[row]); break;
  }
}

void take_fixed(Column& column, std::string_view& bytes) {
  switch (value_width(column.type())) {
    case 1: move_value<std::uint8_t>(column, bytes); break;
    case 2: move_value<std::uint16_t>(column, bytes); break;
    case 4: move_value<std::uint32_t>(column, bytes); break;
    case 8: move_value<std::uint64_t>(column, bytes); break;
    default: move_value<Huge>(column, bytes); break;
  }
}

}  // namespace

void append_value_bytes(std::string& bytes, const Column& column, std::size_t row, ValueForm form) {
  bytes.push_back(column.is_null(row) ? '\0' : '\1');
  if (column.is_null(row)) return;
  switch (column.type().id) {
    case TypeId::real: return put(bytes, formed(column.values<float>()[row], form));
    case TypeId::double_precision: return put(bytes, formed(column.values<double>()[row], form));
    case TypeId::interval: return put(bytes, formed(column.values<IntervalValue>()[row], form));
    case TypeId::list:
    case TypeId::map: return put_list(bytes, column, row, form);
    case TypeId::structure:
      for (std::size_t i = 0; i < column.child_count(); ++i) {
        append_value_bytes(bytes, column.child(i), row, form);
      }
      return;
    default: break;
  }
  if (!is_string(column.type())) return put_fixed(bytes, column, row);
  const std::string_view text = column.string(row);
  put(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.append(text);
}

void append_null_bytes(std::string& bytes) { bytes.push_back('\0'); }

void append_from_value_bytes(Column& column, std::string_view& bytes) {
  if (take<char>(bytes) == '\0') return column.append_null();
  if (is_string(column.type())) {
    const auto length = take<std::uint32_t>(bytes);
    ASSERT(bytes.size() >= length);
    column.append_string(bytes.substr(0, length));
    return bytes.remove_prefix(length);
  }
  if (column.type().id == TypeId::structure) {
    for (std::size_t i = 0; i < column.child_count(); ++i) {
      append_from_value_bytes(column.child(i), bytes);
    }
    return column.append_structure();
  }
  if (column.child_count() == 0) return take_fixed(column, bytes);
  const auto length = take<std::uint64_t>(bytes);
  for (std::uint64_t i = 0; i < length; ++i) append_from_value_bytes(column.child(0), bytes);
  column.append_list();
}

}  // namespace weir
