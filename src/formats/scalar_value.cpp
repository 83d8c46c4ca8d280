#include "formats/scalar_value.h"

#include <cstdint>
#include <limits>

#include "scalars/bytes_text.h"
#include "scalars/decimal_text.h"
#include "scalars/interval_text.h"
#include "scalars/time_text.h"

namespace weir::formats {
namespace {

bool is_number(const Token& token) { return token.kind == Token::Kind::number; }
bool is_text(const Token& token) { return token.kind == Token::Kind::string; }

template <class Value>
Fit append_good(Column& column, Fit fit, Value value) {
  if (fit == Fit::good) column.append(value);
  return fit;
}

// JSON writes what a double cannot hold as a string, so integers of all types come as one too.
template <class Integer>
Fit append_integer_value(Column& column, const Token& token) {
  if (!is_number(token) && !is_text(token)) return Fit::wrong_type;
  Int128 exact = 0;
  std::int64_t value = 0;
  if (read_short_integer(token.text, value)) {
    exact = value;
  } else {
    const Fit fit = read_exact(token.text, 0, Excess::refuse, exact);
    if (fit != Fit::good) return fit;
  }
  const auto narrow = static_cast<Integer>(exact);
  return append_good(column, narrow == exact ? Fit::good : Fit::out_of_range, narrow);
}

Fit append_huge(Column& column, const Token& token) {
  if (!is_number(token) && !is_text(token)) return Fit::wrong_type;
  Int128 exact = 0;
  const Fit fit = read_exact(token.text, 0, Excess::refuse, exact);
  return append_good(column, fit, huge(exact));
}

Fit append_unsigned_huge(Column& column, const Token& token) {
  if (!is_number(token) && !is_text(token)) return Fit::wrong_type;
  const auto number = split_number(token.text);
  if (!number) return Fit::wrong_type;
  UnsignedInt128 magnitude = 0;
  Fit fit = scale_number(*number, 0, Excess::refuse, magnitude);
  if (fit == Fit::good && number->negative && magnitude != 0) fit = Fit::out_of_range;
  return append_good(column, fit, huge(static_cast<Int128>(magnitude)));
}

Fit append_decimal_value(Column& column, const Token& token) {
  if (!is_number(token) && !is_text(token)) return Fit::wrong_type;
  const Type& type = column.type();
  Int128 value = 0;
  const Fit fit = read_decimal(token.text, type, value);
  if (fit != Fit::good) return fit;
  switch (value_width(type)) {
    case 2: column.append(static_cast<std::int16_t>(value)); break;
    case 4: column.append(static_cast<std::int32_t>(value)); break;
    case 8: column.append(static_cast<std::int64_t>(value)); break;
    default: column.append(huge(value)); break;
  }
  return Fit::good;
}

template <class Float>
Fit append_float(Column& column, const Token& token) {
  Float value = 0;
  if (is_number(token)) {
    const Fit fit = read_float(token.text, value);
    return append_good(column, fit, value);
  }
  if (!is_text(token)) return Fit::wrong_type;
  using Limits = std::numeric_limits<Float>;
  if (token.text == "NaN") return append_good(column, Fit::good, Limits::quiet_NaN());
  if (token.text == "Infinity") return append_good(column, Fit::good, Limits::infinity());
  if (token.text == "-Infinity") return append_good(column, Fit::good, -Limits::infinity());
  return Fit::wrong_type;
}

Fit append_timestamp_value(Column& column, const Token& token, const TimeReading& times) {
  std::int64_t micros = 0;
  if (times.format == TimeFormat::iso) {
    if (!is_text(token)) return Fit::wrong_type;
    const Fit fit = read_timestamp(token.text, *times.zone, micros);
    return append_good(column, fit, micros);
  }
  if (!is_number(token) && !is_text(token)) return Fit::wrong_type;
  const int scale = times.format == TimeFormat::epoch_s    ? 6
                    : times.format == TimeFormat::epoch_ms ? 3
                                                           : 0;
  Int128 exact = 0;
  const Fit fit = read_exact(token.text, scale, Excess::cut, exact);
  if (fit != Fit::good) return fit;
  if (exact < timestamp_min || exact >= timestamp_infinity) return Fit::out_of_range;
  return append_good(column, Fit::good, static_cast<std::int64_t>(exact));
}

template <class Value>
Fit append_text(Column& column, const Token& token, Fit (*read)(std::string_view, Value&)) {
  if (!is_text(token)) return Fit::wrong_type;
  Value value{};
  const Fit fit = read(token.text, value);
  return append_good(column, fit, value);
}

Fit read_uuid_value(std::string_view text, Huge& uuid) {
  return read_uuid(text, uuid) ? Fit::good : Fit::wrong_type;
}

Fit append_boolean(Column& column, const Token& token) {
  if (token.kind != Token::Kind::boolean) return Fit::wrong_type;
  return append_good(column, Fit::good, static_cast<std::uint8_t>(token.text == "true" ? 1 : 0));
}

Fit append_varchar(Column& column, const Token& token) {
  if (!is_text(token)) return Fit::wrong_type;
  column.append_string(token.text);
  return Fit::good;
}

Fit append_blob(Column& column, const Token& token) {
  std::string bytes;
  if (!is_text(token) || !read_base64(token.text, bytes)) return Fit::wrong_type;
  column.append_string(bytes);
  return Fit::good;
}

template <class Integer>
std::string whole_number() {
  std::string text = "a whole number from ";
  append_integer(text, std::numeric_limits<Integer>::min());
  text += " to ";
  append_integer(text, std::numeric_limits<Integer>::max());
  return text;
}

std::string wanted_timestamp(TimeFormat format) {
  switch (format) {
    case TimeFormat::epoch_s: return "seconds since 1970, such as 978307200";
    case TimeFormat::epoch_ms: return "milliseconds since 1970, such as 978307200000";
    case TimeFormat::epoch_us: return "microseconds since 1970, such as 978307200000000";
    case TimeFormat::iso: break;
  }
  return "a time such as \"2001-01-01T00:00:00Z\"";
}

}  // namespace

Fit append_scalar(Column& column, const Token& token, const TimeReading& times) {
  if (token.kind == Token::Kind::null) {
    column.append_null();
    return Fit::good;
  }
  switch (column.type().id) {
    case TypeId::boolean: return append_boolean(column, token);
    case TypeId::tinyint: return append_integer_value<std::int8_t>(column, token);
    case TypeId::smallint: return append_integer_value<std::int16_t>(column, token);
    case TypeId::integer: return append_integer_value<std::int32_t>(column, token);
    case TypeId::bigint: return append_integer_value<std::int64_t>(column, token);
    case TypeId::hugeint: return append_huge(column, token);
    case TypeId::utinyint: return append_integer_value<std::uint8_t>(column, token);
    case TypeId::usmallint: return append_integer_value<std::uint16_t>(column, token);
    case TypeId::uinteger: return append_integer_value<std::uint32_t>(column, token);
    case TypeId::ubigint: return append_integer_value<std::uint64_t>(column, token);
    case TypeId::uhugeint: return append_unsigned_huge(column, token);
    case TypeId::real: return append_float<float>(column, token);
    case TypeId::double_precision: return append_float<double>(column, token);
    case TypeId::decimal: return append_decimal_value(column, token);
    case TypeId::varchar: return append_varchar(column, token);
    case TypeId::blob: return append_blob(column, token);
    case TypeId::date: return append_text(column, token, &read_date);
    case TypeId::time: return append_text(column, token, &read_time);
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return append_timestamp_value(column, token, times);
    case TypeId::interval: return append_text(column, token, &read_interval);
    case TypeId::uuid: return append_text(column, token, &read_uuid_value);
    case TypeId::json:
    case TypeId::list:
    case TypeId::structure:
    case TypeId::map: break;
  }
  return Fit::wrong_type;
}

std::string wanted(const Type& type, TimeFormat format) {
  switch (type.id) {
    case TypeId::boolean: return "true or false";
    case TypeId::tinyint: return whole_number<std::int8_t>();
    case TypeId::smallint: return whole_number<std::int16_t>();
    case TypeId::integer: return whole_number<std::int32_t>();
    case TypeId::bigint: return whole_number<std::int64_t>();
    case TypeId::hugeint: return "a whole number of up to 128 bits";
    case TypeId::utinyint: return whole_number<std::uint8_t>();
    case TypeId::usmallint: return whole_number<std::uint16_t>();
    case TypeId::uinteger: return whole_number<std::uint32_t>();
    case TypeId::ubigint: return whole_number<std::uint64_t>();
    case TypeId::uhugeint: return "a whole number from 0 on, of up to 128 bits";
    case TypeId::real:
    case TypeId::double_precision: return "a number, or \"NaN\", \"Infinity\" or \"-Infinity\"";
    case TypeId::decimal:
      return "a number of up to " + std::to_string(type.width - type.scale) +
             " digits before and " + std::to_string(type.scale) + " behind the point";
    case TypeId::varchar: return "a string";
    case TypeId::blob: return "a string of base64";
    case TypeId::date: return "a day such as \"2001-01-01\"";
    case TypeId::time: return "a time of day such as \"13:00:00\"";
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return wanted_timestamp(format);
    case TypeId::interval: return "a span such as \"PT1H30M\" or \"90 minutes\"";
    case TypeId::uuid: return "a string such as \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"";
    case TypeId::json: return "any JSON";
    case TypeId::list: return "an array";
    case TypeId::structure: return "an object";
    case TypeId::map: return "a list of {\"key\": ..., \"value\": ...}";
  }
  return "something else";
}

}  // namespace weir::formats
