#include "process/accumulator.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

namespace weir::process {
namespace {

using sql::Algebra;

Int128 wide(Huge huge) { return (static_cast<Int128>(huge.upper) << 64) + huge.lower; }

Huge narrow(Int128 value) {
  return {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)};
}

bool is_unsigned(TypeId id) {
  return id == TypeId::boolean || id == TypeId::utinyint || id == TypeId::usmallint ||
         id == TypeId::uinteger || id == TypeId::ubigint;
}

Int128 whole_value(const Column& column, std::size_t row) {
  const bool positive = is_unsigned(column.type().id);
  switch (value_width(column.type())) {
    case 1:
      return positive ? column.values<std::uint8_t>()[row] : column.values<std::int8_t>()[row];
    case 2:
      return positive ? column.values<std::uint16_t>()[row] : column.values<std::int16_t>()[row];
    case 4:
      if (positive) return column.values<std::uint32_t>()[row];
      return column.values<std::int32_t>()[row];
    case 8:
      if (positive) return column.values<std::uint64_t>()[row];
      return column.values<std::int64_t>()[row];
    default: return wide(column.values<Huge>()[row]);
  }
}

double real_value(const Column& column, std::size_t row) {
  return column.type().id == TypeId::real ? static_cast<double>(column.values<float>()[row])
                                          : column.values<double>()[row];
}

void append_whole(Column& column, Int128 value) {
  switch (value_width(column.type())) {
    case 1: column.append(static_cast<std::int8_t>(value)); break;
    case 2: column.append(static_cast<std::int16_t>(value)); break;
    case 4: column.append(static_cast<std::int32_t>(value)); break;
    case 8: column.append(static_cast<std::int64_t>(value)); break;
    default: column.append(narrow(value)); break;
  }
}

void append_real(Column& column, double value) {
  if (column.type().id == TypeId::real) return column.append(static_cast<float>(value));
  column.append(value);
}

void add_compensated(Accumulator& to, double value) {
  const double sum = to.real + value;
  if (std::isfinite(sum)) {
    const bool larger = std::abs(to.real) >= std::abs(value);
    to.lost += larger ? (to.real - sum) + value : (value - sum) + to.real;
  }
  to.real = sum;
}

// NaN is the largest number, as DuckDB orders them.
bool less(double left, double right) {
  if (std::isnan(left)) return false;
  return std::isnan(right) || left < right;
}

bool sums(TypeId id) { return id <= TypeId::ubigint || id == TypeId::decimal; }

}  // namespace

Result<Accumulation> Accumulation::make(const sql::Aggregate& aggregate, const Schema& input,
                                        bool takes_back) {
  if (aggregate.algebra == Algebra::count_rows) return Accumulation(aggregate, {}, Form::none);
  if (aggregate.algebra == Algebra::none) {
    return Error{Fault::invalid, fmt::format("{} cannot be kept running", aggregate.name)};
  }
  const Type& type = input.columns[*aggregate.argument].type;
  if (aggregate.algebra == Algebra::count) return Accumulation(aggregate, type, Form::none);
  const bool extreme = aggregate.algebra == Algebra::min || aggregate.algebra == Algebra::max;
  if (extreme && takes_back) {
    return Error{Fault::invalid,
                 fmt::format("{} cannot follow an input that takes rows back", aggregate.name)};
  }
  if (type.id == TypeId::real || type.id == TypeId::double_precision) {
    return Accumulation(aggregate, type, Form::real);
  }
  if (extreme && is_string(type)) return Accumulation(aggregate, type, Form::text);
  const bool ordered = type.children.empty() && type.id != TypeId::interval &&
                       type.id != TypeId::uhugeint && !is_string(type);
  if (extreme ? ordered : sums(type.id)) return Accumulation(aggregate, type, Form::whole);
  return Error{Fault::invalid,
               fmt::format("{} over {} cannot be kept running", aggregate.name, to_string(type))};
}

void Accumulation::add(Accumulator& to, const Batch& rows, std::size_t row,
                       std::int64_t weight) const {
  if (aggregate_.filter) {
    const Column& filter = rows.column(*aggregate_.filter);
    if (filter.is_null(row) || filter.values<std::uint8_t>()[row] == 0) return;
  }
  if (aggregate_.argument && rows.column(*aggregate_.argument).is_null(row)) return;
  if (is_extreme()) {
    const Column& column = rows.column(*aggregate_.argument);
    Accumulator value;
    value.count = weight;
    if (form_ == Form::whole) value.whole = whole_value(column, row);
    if (form_ == Form::real) value.real = real_value(column, row);
    if (form_ == Form::text) value.text = column.string(row);
    return take_extreme(to, value);
  }
  to.count += weight;
  if (form_ == Form::whole) {
    to.whole += weight * whole_value(rows.column(*aggregate_.argument), row);
  }
  if (form_ == Form::real) {
    const double value = real_value(rows.column(*aggregate_.argument), row);
    add_compensated(to, static_cast<double>(weight) * value);
  }
}

void Accumulation::merge(Accumulator& to, const Accumulator& from) const {
  if (from.count == 0) return;
  if (is_extreme()) return take_extreme(to, from);
  to.count += from.count;
  to.whole += from.whole;
  if (form_ != Form::real) return;
  add_compensated(to, from.real);
  to.lost += from.lost;
}

void Accumulation::take_extreme(Accumulator& to, const Accumulator& value) const {
  const bool smallest = aggregate_.algebra == Algebra::min;
  const Accumulator& left = smallest ? value : to;
  const Accumulator& right = smallest ? to : value;
  bool better = to.count == 0;
  if (form_ == Form::whole) better = better || left.whole < right.whole;
  if (form_ == Form::real) better = better || less(left.real, right.real);
  if (form_ == Form::text) better = better || left.text < right.text;
  to.count += value.count;
  if (!better) return;
  to.whole = value.whole;
  to.real = value.real;
  to.text = value.text;
}

void Accumulation::append_result(Column& column, const Accumulator& from) const {
  const bool counts =
      aggregate_.algebra == Algebra::count || aggregate_.algebra == Algebra::count_rows;
  if (counts) return column.append(from.count);
  if (from.count == 0) return column.append_null();
  if (aggregate_.algebra == Algebra::avg) return append_average(column, from);
  append_value(column, from);
}

void Accumulation::append_average(Column& column, const Accumulator& from) const {
  if (form_ == Form::real) {
    return append_real(column, (from.real + from.lost) / static_cast<double>(from.count));
  }
  // As DuckDB does: one division, with the decimal point put into the divisor.
  long double divisor = static_cast<long double>(from.count);
  for (int i = 0; i < argument_.scale; ++i) divisor *= 10;
  append_real(column, static_cast<double>(static_cast<long double>(from.whole) / divisor));
}

void Accumulation::append_value(Column& column, const Accumulator& from) const {
  switch (form_) {
    case Form::real: append_real(column, is_extreme() ? from.real : from.real + from.lost); break;
    case Form::text: column.append_string(from.text); break;
    default: append_whole(column, from.whole); break;
  }
}

}  // namespace weir::process
