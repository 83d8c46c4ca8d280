// The types of rows, in DuckDB's names, and the columns they make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir {

enum class TypeId : std::uint8_t {
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  hugeint,
  utinyint,
  usmallint,
  uinteger,
  ubigint,
  uhugeint,
  real,  // DuckDB's FLOAT
  double_precision,
  decimal,
  varchar,
  blob,
  date,
  time,
  timestamp,     // microseconds since 1970-01-01 UTC
  timestamp_tz,  // the same instant; prints with a zone in DuckDB
  interval,
  uuid,
  json,  // laid out as varchar
  list,
  structure,  // DuckDB's STRUCT
  map,        // laid out as a list of structure(key, value)
};

struct Field;

// A type with its parameters. Numbers in this enum's order are written to disk: append only.
struct Type {
  TypeId id = TypeId::varchar;
  std::uint8_t width = 0;       // decimal: digits in all, 1 to 38
  std::uint8_t scale = 0;       // decimal: digits after the point
  std::vector<Field> children;  // list: one; structure: its fields; map: key and value

  friend bool operator==(const Type&, const Type&);
};

struct Field {
  std::string name;
  Type type;

  friend bool operator==(const Field&, const Field&) = default;
};

// The columns of a relation, in order. Names are unique, compared as written.
struct Schema {
  std::vector<Field> columns;

  std::optional<std::size_t> find(std::string_view name) const;
  friend bool operator==(const Schema&, const Schema&) = default;
};

// Reads DuckDB's spelling: "decimal(12,2)", "varchar[]", "struct(a int, b varchar[])",
// "map(varchar, int)", with DuckDB's synonyms (int, text, float8, timestamptz ...).
Result<Type> parse_type(std::string_view text);
// DuckDB's spelling, which parse_type reads back: "DECIMAL(12,2)".
std::string to_string(const Type& type);
// Bytes a value takes in a column's array: 1, 2, 4, 8 or 16; 0 for structure, which has none.
std::size_t value_width(const Type& type);
// Whether values are StringRef: varchar, blob, json.
bool is_string(const Type& type);
// Whether an index can keep values in their order. Not intervals, JSON, lists, structures and maps.
bool has_order(const Type& type);

}  // namespace weir
