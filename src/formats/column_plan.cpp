#include "formats/column_plan.h"

#include <cmath>
#include <compare>
#include <cstdint>

#include "formats/scalar_value.h"
#include "formats/value_reader.h"
#include "scalars/decimal_text.h"

namespace weir::formats {
namespace {

bool is_ordered(const Type& type) {
  return type.id <= TypeId::timestamp_tz && type.id != TypeId::boolean && type.id != TypeId::blob;
}

template <class Value>
std::weak_ordering order_of(const Column& a, std::size_t row, const Column& b) {
  return a.values<Value>()[row] <=> b.values<Value>()[0];
}

// As DuckDB does: NaN is above all others and equal to itself.
template <class Float>
std::weak_ordering order_of_floats(const Column& a, std::size_t row, const Column& b) {
  const Float left = a.values<Float>()[row];
  const Float right = b.values<Float>()[0];
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) <=> std::isnan(right);
  if (left == right) return std::weak_ordering::equivalent;
  return left < right ? std::weak_ordering::less : std::weak_ordering::greater;
}

std::weak_ordering order_of_huge(const Column& a, std::size_t row, const Column& b) {
  return wide(a.values<Huge>()[row]) <=> wide(b.values<Huge>()[0]);
}

std::weak_ordering order_of_unsigned_huge(const Column& a, std::size_t row, const Column& b) {
  return static_cast<UnsignedInt128>(wide(a.values<Huge>()[row])) <=>
         static_cast<UnsignedInt128>(wide(b.values<Huge>()[0]));
}

std::weak_ordering order_of_decimals(const Column& a, std::size_t row, const Column& b) {
  switch (value_width(a.type())) {
    case 2: return order_of<std::int16_t>(a, row, b);
    case 4: return order_of<std::int32_t>(a, row, b);
    case 8: return order_of<std::int64_t>(a, row, b);
    default: return order_of_huge(a, row, b);
  }
}

// A value against the only one of `b`, which has the same type; is_ordered(type).
std::weak_ordering order(const Column& a, std::size_t row, const Column& b) {
  switch (a.type().id) {
    case TypeId::tinyint: return order_of<std::int8_t>(a, row, b);
    case TypeId::smallint: return order_of<std::int16_t>(a, row, b);
    case TypeId::utinyint: return order_of<std::uint8_t>(a, row, b);
    case TypeId::usmallint: return order_of<std::uint16_t>(a, row, b);
    case TypeId::uinteger: return order_of<std::uint32_t>(a, row, b);
    case TypeId::ubigint: return order_of<std::uint64_t>(a, row, b);
    case TypeId::integer:
    case TypeId::date: return order_of<std::int32_t>(a, row, b);
    case TypeId::hugeint: return order_of_huge(a, row, b);
    case TypeId::uhugeint: return order_of_unsigned_huge(a, row, b);
    case TypeId::real: return order_of_floats<float>(a, row, b);
    case TypeId::double_precision: return order_of_floats<double>(a, row, b);
    case TypeId::decimal: return order_of_decimals(a, row, b);
    case TypeId::varchar: return a.string(row) <=> b.string(0);
    default: return order_of<std::int64_t>(a, row, b);  // bigint and the times
  }
}

Error bad_rule(const ColumnRule& rule, const std::string& what) {
  return {Fault::invalid, "column " + rule.name + ": " + what};
}

Result<Column> read_text(const ColumnRule& rule, const std::string& text, const TimeZone& zone) {
  Column column(rule.type);
  const bool is_number = split_number(text).has_value();
  Token token{Token::Kind::string, text};
  if (is_number) token.kind = Token::Kind::number;
  if (text == "true" || text == "false") token.kind = Token::Kind::boolean;
  if (rule.type.id == TypeId::varchar) token.kind = Token::Kind::string;
  // A rule may write a time as such even where events count from 1970.
  const TimeFormat format = is_number ? rule.format : TimeFormat::iso;
  ValueReader reader(&zone);
  reader.start(text);
  const bool is_json = rule.type.id >= TypeId::json;
  const bool is_read = is_json ? reader.append(column, format, 0) && reader.at_end()
                               : append_scalar(column, token, {format, &zone}) == Fit::good;
  if (is_read && !column.is_null(0)) return column;
  return bad_rule(rule, "\"" + text + "\" is no " + to_string(rule.type) + ": write " +
                            wanted(rule.type, rule.format));
}

Result<void> read_into(std::optional<Column>& value, const ColumnRule& rule,
                       const std::optional<std::string>& text, const TimeZone& zone) {
  if (!text) return {};
  TRY(Column column, read_text(rule, *text, zone));
  value.emplace(std::move(column));
  return {};
}

}  // namespace

Result<ColumnPlan> ColumnPlan::make(const ColumnRule& rule, const TimeZone& zone) {
  ColumnPlan plan{.rule = rule};
  if (plan.rule.path.empty()) plan.rule.path = {rule.name};
  const bool is_instant = rule.type.id == TypeId::timestamp || rule.type.id == TypeId::timestamp_tz;
  if (rule.format != TimeFormat::iso && !is_instant) {
    return bad_rule(rule, "a format is for timestamps, not for " + to_string(rule.type));
  }
  if ((rule.min || rule.max) && !is_ordered(rule.type)) {
    return bad_rule(rule, to_string(rule.type) + " has no min or max");
  }
  OK_OR_RETURN(read_into(plan.min, rule, rule.min, zone));
  OK_OR_RETURN(read_into(plan.max, rule, rule.max, zone));
  OK_OR_RETURN(read_into(plan.default_value, rule, rule.default_value, zone));
  if (plan.min && plan.max && order(*plan.min, 0, *plan.max) > 0) {
    return bad_rule(rule, "min " + *rule.min + " is above max " + *rule.max);
  }
  if (plan.default_value && !plan.admits(*plan.default_value, 0)) {
    return bad_rule(rule, "the default " + *rule.default_value + " is not " + plan.bounds());
  }
  return plan;
}

bool ColumnPlan::admits(const Column& column, std::size_t row) const {
  return !(min && order(column, row, *min) < 0) && !(max && order(column, row, *max) > 0);
}

std::string ColumnPlan::bounds() const {
  if (!max) return "at least " + *rule.min;
  if (!min) return "at most " + *rule.max;
  return "at least " + *rule.min + " and at most " + *rule.max;
}

}  // namespace weir::formats
