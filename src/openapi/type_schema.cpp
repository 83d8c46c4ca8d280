#include "openapi/type_schema.h"

#include <algorithm>
#include <map>
#include <vector>

#include "openapi/json_object.h"

namespace weir::openapi {
namespace {

struct Bounds {
  const char* min;
  const char* max;
};

// Of whole numbers that JSON's numbers hold exactly.
const std::map<TypeId, Bounds>& small_bounds() {
  static const std::map<TypeId, Bounds> bounds{{TypeId::tinyint, {"-128", "127"}},
                                               {TypeId::utinyint, {"0", "255"}},
                                               {TypeId::smallint, {"-32768", "32767"}},
                                               {TypeId::usmallint, {"0", "65535"}},
                                               {TypeId::integer, {"-2147483648", "2147483647"}},
                                               {TypeId::uinteger, {"0", "4294967295"}}};
  return bounds;
}

const std::map<TypeId, Bounds>& large_bounds() {
  static const std::map<TypeId, Bounds> bounds{
      {TypeId::bigint, {"-9223372036854775808", "9223372036854775807"}},
      {TypeId::ubigint, {"0", "18446744073709551615"}},
      {TypeId::hugeint,
       {"-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"}},
      {TypeId::uhugeint, {"0", "340282366920938463463374607431768211455"}}};
  return bounds;
}

std::string typed(const char* type) { return JsonObject().text("type", type).done(); }
std::string formatted(const char* format) {
  return JsonObject().text("type", "string").text("format", format).done();
}

std::string whole_number(const Bounds& bounds) {
  return JsonObject()
      .text("type", "integer")
      .raw("minimum", bounds.min)
      .raw("maximum", bounds.max)
      .done();
}

// What is no null.
std::string value_schema(const Type& type) {
  if (const auto small = small_bounds().find(type.id); small != small_bounds().end()) {
    return whole_number(small->second);
  }
  if (large_bounds().contains(type.id)) return R"({"type":["integer","string"]})";
  switch (type.id) {
    case TypeId::boolean: return typed("boolean");
    case TypeId::real:
    case TypeId::double_precision: return R"({"type":["number","string"]})";
    case TypeId::decimal: return typed("number");
    case TypeId::date: return formatted("date");
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return formatted("date-time");
    case TypeId::uuid: return formatted("uuid");
    case TypeId::json: return "true";
    case TypeId::list:
      return JsonObject()
          .text("type", "array")
          .raw("items", answer_schema(type.children.front().type))
          .done();
    case TypeId::structure: return row_schema({type.children});
    case TypeId::map:
      return JsonObject().text("type", "array").raw("items", typed("object")).done();
    default: return typed("string");
  }
}

std::string bounded(const char* type, const std::optional<std::string>& min,
                    const std::optional<std::string>& max) {
  JsonObject schema;
  schema.text("type", type);
  // Of a DOUBLE it may be "infinity", which JSON has not.
  const std::string least = min ? json_number(*min) : "";
  const std::string most = max ? json_number(*max) : "";
  if (!least.empty()) schema.raw("minimum", least);
  if (!most.empty()) schema.raw("maximum", most);
  return schema.done();
}

// A text, as a number's schema cannot say that no digit may be lost; but bounds go with numbers
// only.
std::string url_decimal(const Type& type, const std::optional<std::string>& min,
                        const std::optional<std::string>& max) {
  if (min || max) return bounded("number", min, max);
  const int digits = std::max(type.width - type.scale, 1);
  std::string pattern = fmt::format("^-?[0-9]{{1,{}}}", digits);
  if (type.width == type.scale) pattern = "^-?0";
  if (type.scale > 0) pattern += fmt::format("(\\.[0-9]{{1,{}}})?", type.scale);
  return JsonObject().text("type", "string").text("pattern", pattern + "$").done();
}

}  // namespace

std::string answer_schema(const Type& type) {
  return JsonObject().raw("anyOf", json_array({value_schema(type), typed("null")})).done();
}

std::string row_schema(const Schema& schema) {
  JsonObject properties;
  std::vector<std::string> names;
  for (const Field& column : schema.columns) {
    properties.raw(column.name, answer_schema(column.type));
    names.push_back(column.name);
  }
  return JsonObject().text("type", "object").raw("properties", properties.done()).done();
}

std::optional<std::string> url_schema(const Type& type, const std::optional<std::string>& min,
                                      const std::optional<std::string>& max) {
  for (const auto* bounds : {&small_bounds(), &large_bounds()}) {
    const auto own = bounds->find(type.id);
    if (own == bounds->end()) continue;
    return bounded("integer", min.value_or(own->second.min), max.value_or(own->second.max));
  }
  switch (type.id) {
    case TypeId::boolean: return typed("boolean");
    case TypeId::real:
    case TypeId::double_precision: return bounded("number", min, max);
    case TypeId::decimal: return url_decimal(type, min, max);
    case TypeId::varchar: return typed("string");
    case TypeId::date: return formatted("date");
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return formatted("date-time");
    case TypeId::uuid: return formatted("uuid");
    default: return std::nullopt;
  }
}

std::string event_schema(const EventRules& rules) {
  JsonObject properties;
  std::vector<std::string> required;
  for (const ColumnRule& rule : rules.columns) {
    if (rule.path.size() != 1) continue;  // inside another field
    std::string schema = answer_schema(rule.type);
    if (rule.format != TimeFormat::iso) schema = typed("integer");
    const auto bounds = url_schema(rule.type, rule.min, rule.max);
    if (bounds && (rule.min || rule.max)) schema = *bounds;
    properties.raw(rule.path.front(), schema);
    if (rule.required) required.push_back(rule.path.front());
  }
  JsonObject event;
  event.text("type", "object").raw("properties", properties.done());
  if (!required.empty()) event.raw("required", json_strings(required));
  return event.done();
}

}  // namespace weir::openapi
