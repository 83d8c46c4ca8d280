#include "engine/logical_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::engine {
namespace {

struct Pair {
  TypeId ours;
  duckdb_type theirs;
};

// Where several of theirs become one of ours, the first is what ours becomes.
constexpr auto pairs = std::to_array<Pair>({
    {TypeId::boolean, DUCKDB_TYPE_BOOLEAN},
    {TypeId::tinyint, DUCKDB_TYPE_TINYINT},
    {TypeId::smallint, DUCKDB_TYPE_SMALLINT},
    {TypeId::integer, DUCKDB_TYPE_INTEGER},
    {TypeId::bigint, DUCKDB_TYPE_BIGINT},
    {TypeId::hugeint, DUCKDB_TYPE_HUGEINT},
    {TypeId::utinyint, DUCKDB_TYPE_UTINYINT},
    {TypeId::usmallint, DUCKDB_TYPE_USMALLINT},
    {TypeId::uinteger, DUCKDB_TYPE_UINTEGER},
    {TypeId::ubigint, DUCKDB_TYPE_UBIGINT},
    {TypeId::uhugeint, DUCKDB_TYPE_UHUGEINT},
    {TypeId::real, DUCKDB_TYPE_FLOAT},
    {TypeId::double_precision, DUCKDB_TYPE_DOUBLE},
    {TypeId::varchar, DUCKDB_TYPE_VARCHAR},
    {TypeId::blob, DUCKDB_TYPE_BLOB},
    {TypeId::date, DUCKDB_TYPE_DATE},
    {TypeId::time, DUCKDB_TYPE_TIME},
    {TypeId::timestamp, DUCKDB_TYPE_TIMESTAMP},
    {TypeId::timestamp_tz, DUCKDB_TYPE_TIMESTAMP_TZ},
    {TypeId::interval, DUCKDB_TYPE_INTERVAL},
    {TypeId::uuid, DUCKDB_TYPE_UUID},
    {TypeId::integer, DUCKDB_TYPE_SQLNULL},  // the type of a bare NULL
    {TypeId::varchar, DUCKDB_TYPE_ENUM},
});

LogicalType structure_to_duckdb(const Type& type) {
  std::vector<LogicalType> owned;
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (const Field& field : type.children) {
    owned.push_back(to_duckdb(field.type));
    types.push_back(owned.back().get());
    names.push_back(field.name.c_str());
  }
  return LogicalType(duckdb_create_struct_type(types.data(), names.data(), types.size()));
}

// A type of theirs that we lack, and the cast that makes it one of ours.
struct Lacking {
  duckdb_type theirs;
  std::string_view name;
  std::string_view cast;
};

constexpr auto lacking = std::to_array<Lacking>({
    {DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S", "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS", "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS", "TIMESTAMP"},
    {DUCKDB_TYPE_TIME_TZ, "TIME WITH TIME ZONE", "TIME"},
    {DUCKDB_TYPE_TIME_NS, "TIME_NS", "TIME"},
    {DUCKDB_TYPE_UNION, "UNION", "VARCHAR"},
    {DUCKDB_TYPE_BIT, "BIT", "VARCHAR"},
    {DUCKDB_TYPE_BIGNUM, "BIGNUM", "VARCHAR"},
    {DUCKDB_TYPE_ARRAY, "ARRAY of fixed size", "list, such as INTEGER[],"},
    {DUCKDB_TYPE_GEOMETRY, "GEOMETRY", "VARCHAR"},
    {DUCKDB_TYPE_VARIANT, "VARIANT", "JSON"},
});

Error refuse(const std::string& column, duckdb_type type) {
  const auto found = std::ranges::find(lacking, type, &Lacking::theirs);
  const Lacking known = found != lacking.end() ? *found : Lacking{type, "unknown type", "VARCHAR"};
  return {Fault::invalid,
          fmt::format("column \"{}\" is a {}, which is not kept here: cast it to {}", column,
                      known.name, known.cast)};
}

Result<Type> structure_from(const std::string& column, duckdb_logical_type type) {
  Type structure{.id = TypeId::structure};
  for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
    const Text name(duckdb_struct_type_child_name(type, i));
    const LogicalType child(duckdb_struct_type_child_type(type, i));
    TRY(Type field, from_duckdb(column, child.get()));
    structure.children.push_back({name.get(), std::move(field)});
  }
  return structure;
}

Result<Type> list_from(const std::string& column, duckdb_logical_type type) {
  const LogicalType child(duckdb_list_type_child_type(type));
  TRY(Type element, from_duckdb(column, child.get()));
  return Type{.id = TypeId::list, .children = {{"", std::move(element)}}};
}

Result<Type> map_from(const std::string& column, duckdb_logical_type type) {
  const LogicalType key_type(duckdb_map_type_key_type(type));
  const LogicalType value_type(duckdb_map_type_value_type(type));
  TRY(Type key, from_duckdb(column, key_type.get()));
  TRY(Type value, from_duckdb(column, value_type.get()));
  return Type{.id = TypeId::map,
              .children = {{"key", std::move(key)}, {"value", std::move(value)}}};
}

bool is_json(duckdb_logical_type type) {
  const Text alias(duckdb_logical_type_get_alias(type));
  return alias != nullptr && std::string_view(alias.get()) == "JSON";
}

}  // namespace

LogicalType to_duckdb(const Type& type) {
  switch (type.id) {
    case TypeId::decimal: return LogicalType(duckdb_create_decimal_type(type.width, type.scale));
    case TypeId::list: {
      const LogicalType child = to_duckdb(type.children[0].type);
      return LogicalType(duckdb_create_list_type(child.get()));
    }
    case TypeId::map: {
      const LogicalType key = to_duckdb(type.children[0].type);
      const LogicalType value = to_duckdb(type.children[1].type);
      return LogicalType(duckdb_create_map_type(key.get(), value.get()));
    }
    case TypeId::structure: return structure_to_duckdb(type);
    case TypeId::json: {
      LogicalType json(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR));
      duckdb_logical_type_set_alias(json.get(), "JSON");
      return json;
    }
    default:
      return LogicalType(
          duckdb_create_logical_type(std::ranges::find(pairs, type.id, &Pair::ours)->theirs));
  }
}

Result<Type> from_duckdb(const std::string& column, duckdb_logical_type type) {
  const duckdb_type id = duckdb_get_type_id(type);
  switch (id) {
    case DUCKDB_TYPE_DECIMAL:
      return Type{.id = TypeId::decimal,
                  .width = duckdb_decimal_width(type),
                  .scale = duckdb_decimal_scale(type)};
    case DUCKDB_TYPE_LIST: return list_from(column, type);
    case DUCKDB_TYPE_MAP: return map_from(column, type);
    case DUCKDB_TYPE_STRUCT: return structure_from(column, type);
    case DUCKDB_TYPE_VARCHAR: return Type{.id = is_json(type) ? TypeId::json : TypeId::varchar};
    default: break;
  }
  const auto found = std::ranges::find(pairs, id, &Pair::theirs);
  if (found == pairs.end()) return refuse(column, id);
  return Type{.id = found->ours};
}

}  // namespace weir::engine
