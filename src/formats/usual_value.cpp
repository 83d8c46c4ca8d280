#include "formats/usual_value.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "formats/json_cursor.h"
#include "scalars/decimal_text.h"
#include "scalars/time_text.h"

namespace weir::formats {
namespace {

template <class Integer>
const char* read_integer(const char* at, const char* end, Column& column) {
  std::int64_t value = 0;
  if (!take_short_integer(at, end, value) || !std::in_range<Integer>(value)) return nullptr;
  column.append(static_cast<Integer>(value));
  return at;
}

const char* read_double(const char* at, const char* end, Column& column) {
  double value = 0;
  if (!take_short_float(at, end, value)) return nullptr;
  column.append(value);
  return at;
}

const char* read_boolean(const char* at, const char* end, Column& column) {
  JsonCursor cursor(at, end);
  const bool value = cursor.next() == 't';
  if (!cursor.take(value ? std::string_view("true") : std::string_view("false"))) return nullptr;
  column.append(static_cast<std::uint8_t>(value));
  return cursor.at();
}

const char* read_varchar(const char* at, const char* end, Column& column) {
  JsonCursor cursor(at, end);
  if (cursor.next() != '"') return nullptr;
  std::string_view text;
  bool has_escapes = false;
  if (!cursor.take_string(text, has_escapes) || has_escapes) return nullptr;
  column.append_string(text);
  return cursor.at();
}

const char* read_iso_timestamp(const char* at, const char* end, Column& column) {
  if (at == end || *at != '"') return nullptr;
  ++at;
  std::int64_t micros = 0;
  if (!take_usual_timestamp(at, end, micros) || at == end || *at != '"') return nullptr;
  column.append(micros);
  return at + 1;
}

}  // namespace

UsualReader usual_reader(const Type& type, TimeFormat format) {
  switch (type.id) {
    case TypeId::boolean: return &read_boolean;
    case TypeId::tinyint: return &read_integer<std::int8_t>;
    case TypeId::smallint: return &read_integer<std::int16_t>;
    case TypeId::integer: return &read_integer<std::int32_t>;
    case TypeId::bigint: return &read_integer<std::int64_t>;
    case TypeId::utinyint: return &read_integer<std::uint8_t>;
    case TypeId::usmallint: return &read_integer<std::uint16_t>;
    case TypeId::uinteger: return &read_integer<std::uint32_t>;
    case TypeId::ubigint: return &read_integer<std::uint64_t>;
    case TypeId::double_precision: return &read_double;
    case TypeId::varchar: return &read_varchar;
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return format == TimeFormat::iso ? &read_iso_timestamp : nullptr;
    default: return nullptr;
  }
}

}  // namespace weir::formats
