#include "formats/json_rows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "core/json_text.h"
#include "scalars/bytes_text.h"
#include "scalars/decimal_text.h"
#include "scalars/interval_text.h"
#include "scalars/time_text.h"

namespace weir::formats {
namespace {

// Every reader of JSON has doubles at least: up to here they hold whole numbers exactly.
constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;

template <class Integer>
void append_short(std::string& json, Integer value) {
  char digits[24];
  const auto written = std::to_chars(digits, digits + sizeof digits, value);
  json.append(digits, written.ptr);
}

void append_whole(std::string& json, Int128 value) {
  const bool is_exact = -exact_in_double <= value && value <= exact_in_double;
  if (is_exact) {
    append_short(json, static_cast<std::int64_t>(value));
    return;
  }
  json += '"';
  append_integer(json, value);
  json += '"';
}

void append_unsigned_huge(std::string& json, Huge value) {
  if (value.upper >= 0) {
    append_whole(json, wide(value));
    return;
  }
  json += '"';
  append_unsigned(json, static_cast<UnsignedInt128>(wide(value)));
  json += '"';
}

template <class Float>
void append_float(std::string& json, Float value) {
  if (!std::isfinite(value)) {
    json += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  char digits[48];
  const auto written = std::to_chars(digits, digits + sizeof digits, value);
  json.append(digits, written.ptr);
}

Int128 decimal_at(const Column& column, std::size_t row) {
  switch (value_width(column.type())) {
    case 2: return column.values<std::int16_t>()[row];
    case 4: return column.values<std::int32_t>()[row];
    case 8: return column.values<std::int64_t>()[row];
    default: return wide(column.values<Huge>()[row]);
  }
}

// A line break in JSON is always white space; a row must stay on its line.
void append_embedded(std::string& json, std::string_view embedded) {
  const std::size_t first = json.size();
  json += embedded;
  std::replace_if(
      json.begin() + static_cast<std::ptrdiff_t>(first), json.end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

template <class Value>
void append_quoted(std::string& json, void (*append)(std::string&, Value), Value value) {
  json += '"';
  append(json, value);
  json += '"';
}

void append_elements(std::string& json, const Column& column, std::size_t row, WithoutZone times) {
  const ListRef list = column.values<ListRef>()[row];
  json += '[';
  for (std::size_t i = 0; i < list.length; ++i) {
    if (i > 0) json += ',';
    append_json_value(json, column.child(0), list.offset + i, times);
  }
  json += ']';
}

void append_fields(std::string& json, const Column& column, std::size_t row, WithoutZone times) {
  json += '{';
  for (std::size_t i = 0; i < column.child_count(); ++i) {
    if (i > 0) json += ',';
    append_json_string(json, column.type().children[i].name);
    json += ':';
    append_json_value(json, column.child(i), row, times);
  }
  json += '}';
}

void append_interval_of(std::string& json, IntervalValue interval) {
  append_interval(json, interval);
}

}  // namespace

void append_json_row(std::string& json, const Batch& rows, std::size_t row, WithoutZone times) {
  json += '{';
  for (std::size_t i = 0; i < rows.column_count(); ++i) {
    if (i > 0) json += ',';
    append_json_string(json, rows.schema().columns[i].name);
    json += ':';
    append_json_value(json, rows.column(i), row, times);
  }
  json += '}';
}

void append_json_value(std::string& json, const Column& column, std::size_t row,
                       WithoutZone times) {
  if (column.is_null(row)) {
    json += "null";
    return;
  }
  const Column& c = column;
  switch (c.type().id) {
    case TypeId::boolean: json += c.values<std::uint8_t>()[row] != 0 ? "true" : "false"; return;
    case TypeId::tinyint: return append_short(json, c.values<std::int8_t>()[row]);
    case TypeId::smallint: return append_short(json, c.values<std::int16_t>()[row]);
    case TypeId::integer: return append_short(json, c.values<std::int32_t>()[row]);
    case TypeId::bigint: return append_whole(json, c.values<std::int64_t>()[row]);
    case TypeId::hugeint: return append_whole(json, wide(c.values<Huge>()[row]));
    case TypeId::utinyint: return append_short(json, c.values<std::uint8_t>()[row]);
    case TypeId::usmallint: return append_short(json, c.values<std::uint16_t>()[row]);
    case TypeId::uinteger: return append_short(json, c.values<std::uint32_t>()[row]);
    case TypeId::ubigint: return append_whole(json, c.values<std::uint64_t>()[row]);
    case TypeId::uhugeint: return append_unsigned_huge(json, c.values<Huge>()[row]);
    case TypeId::real: return append_float(json, c.values<float>()[row]);
    case TypeId::double_precision: return append_float(json, c.values<double>()[row]);
    case TypeId::decimal: return append_decimal(json, decimal_at(c, row), c.type().scale);
    case TypeId::varchar: return append_json_string(json, c.string(row));
    case TypeId::blob: return append_quoted(json, &append_base64, c.string(row));
    case TypeId::date: return append_quoted(json, &append_date, c.values<std::int32_t>()[row]);
    case TypeId::time: return append_quoted(json, &append_time, c.values<std::int64_t>()[row]);
    case TypeId::timestamp:
      return append_quoted(json,
                           times == WithoutZone::in_utc ? &append_timestamp : &append_local_time,
                           c.values<std::int64_t>()[row]);
    case TypeId::timestamp_tz:
      return append_quoted(json, &append_timestamp, c.values<std::int64_t>()[row]);
    case TypeId::interval:
      return append_quoted(json, &append_interval_of, c.values<IntervalValue>()[row]);
    case TypeId::uuid: return append_quoted(json, &append_uuid, c.values<Huge>()[row]);
    case TypeId::json: return append_embedded(json, c.string(row));
    case TypeId::list:
    case TypeId::map: return append_elements(json, c, row, times);
    case TypeId::structure: return append_fields(json, c, row, times);
  }
}

bool is_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::string readable_text(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x80 ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return text;
}

}  // namespace weir::formats
