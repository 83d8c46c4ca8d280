#include "sql/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/database.h"
#include "sql/bound_type.h"

namespace weir::sql {
namespace {

using formats::JsonValue;
__extension__ using Int128 = __int128;

// The digits of an integer that a plan writes as a number, or in two halves.
std::string integer_digits(const JsonValue& value) {
  if (!value.is_object()) {
    const std::int64_t number = value.integer();
    return number < 0 ? std::to_string(number) : std::to_string(value.unsigned_integer());
  }
  const Int128 whole = static_cast<Int128>(value["upper"].integer()) << 64 |
                       static_cast<Int128>(value["lower"].unsigned_integer());
  return fmt::format("{}", whole);
}

std::string decimal_text(const JsonValue& value, std::size_t scale) {
  std::string digits = integer_digits(value);
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return (negative ? "-" : "") + digits;
}

std::string cast_text(const std::string& text, const JsonValue& type) {
  return "CAST('" + text + "' AS " + type_text(type) + ")";
}

}  // namespace

std::string interval_text(const IntervalValue& interval) {
  struct Unit {
    const char* name;
    std::int64_t micros;
  };
  static constexpr auto units = std::to_array<Unit>({{"hours", 3'600'000'000},
                                                     {"minutes", 60'000'000},
                                                     {"seconds", 1'000'000},
                                                     {"milliseconds", 1'000},
                                                     {"microseconds", 1}});
  std::string text;
  if (interval.months != 0) text = fmt::format("{} months", interval.months);
  if (interval.days != 0) text += fmt::format("{}{} days", text.empty() ? "" : " ", interval.days);
  if (interval.micros != 0 || text.empty()) {
    const auto unit = std::ranges::find_if(
        units, [&](const Unit& candidate) { return interval.micros % candidate.micros == 0; });
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : " ", interval.micros / unit->micros, unit->name);
  }
  return "INTERVAL '" + text + "'";
}

std::optional<std::string> literal_text(const JsonValue& constant) {
  const JsonValue& type = constant["type"];
  const JsonValue& value = constant["value"];
  const std::string& id = type["id"].text();
  if (constant["is_null"].boolean()) {
    return id == "NULL" ? "NULL" : "CAST(NULL AS " + type_text(type) + ")";
  }
  if (id == "VARCHAR") return engine::quote_text(value.text());
  if (id == "BOOLEAN") return value.boolean() ? "true" : "false";
  if (id == "INTEGER") return integer_digits(value);
  if (id == "DOUBLE" || id == "FLOAT") {
    if (value.is_text()) return cast_text(value.text(), type);  // an infinity or no number
    return cast_text(fmt::format("{}", value.number()), type);
  }
  if (id == "DECIMAL") {
    const auto scale = static_cast<std::size_t>(type["type_info"]["scale"].integer());
    return cast_text(decimal_text(value, scale), type);
  }
  if (id == "INTERVAL") {
    return interval_text({.months = static_cast<std::int32_t>(value["months"].integer()),
                          .days = static_cast<std::int32_t>(value["days"].integer()),
                          .micros = value["micros"].integer()});
  }
  if (id.ends_with("INT")) return cast_text(integer_digits(value), type);
  return std::nullopt;
}

}  // namespace weir::sql
