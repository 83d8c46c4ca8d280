#include "dataflow/accumulator.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

namespace weir::dataflow {
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

// Calls `use` with a function that gives the value of a row, so that the type is asked once.
template <class Use>
void with_whole_values(const Column& column, Use use) {
  const auto reads = [&]<class T>(T) {
    use([values = column.values<T>()](std::size_t row) -> Int128 { return values[row]; });
  };
  const bool positive = is_unsigned(column.type().id);
  switch (value_width(column.type())) {
    case 1: return positive ? reads(std::uint8_t{}) : reads(std::int8_t{});
    case 2: return positive ? reads(std::uint16_t{}) : reads(std::int16_t{});
    case 4: return positive ? reads(std::uint32_t{}) : reads(std::int32_t{});
    case 8: return positive ? reads(std::uint64_t{}) : reads(std::int64_t{});
    default: use([values = column.values<Huge>()](std::size_t row) { return wide(values[row]); });
  }
}

template <class Use>
void with_real_values(const Column& column, Use use) {
  if (column.type().id == TypeId::real) {
    return use(
        [values = column.values<float>()](std::size_t row) -> double { return values[row]; });
  }
  use([values = column.values<double>()](std::size_t row) { return values[row]; });
}

// Those of the additions whose row passes the filter and has an argument.
template <class Each>
void for_counted(const sql::Aggregate& aggregate, const Batch& rows,
                 std::span<const Addition> additions, Each each) {
  const Column* filter = aggregate.filter ? &rows.column(*aggregate.filter) : nullptr;
  const Column* argument = aggregate.argument ? &rows.column(*aggregate.argument) : nullptr;
  if (argument != nullptr && !argument->has_nulls()) argument = nullptr;
  for (const Addition& addition : additions) {
    if (argument != nullptr && argument->is_null(addition.row)) continue;
    if (filter != nullptr) {
      if (filter->is_null(addition.row)) continue;
      if (filter->values<std::uint8_t>()[addition.row] == 0) continue;
    }
    each(addition);
  }
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

void Accumulation::add(const Batch& rows, std::span<const Addition> additions,
                       std::size_t index) const {
  switch (form_) {
    case Form::whole: return add_whole(rows, additions, index);
    case Form::real: return add_real(rows, additions, index);
    case Form::text: return add_text(rows, additions, index);
    case Form::none: break;
  }
  for_counted(aggregate_, rows, additions, [index](const Addition& addition) {
    addition.group[index].count += addition.weight;
  });
}

void Accumulation::add_whole(const Batch& rows, std::span<const Addition> additions,
                             std::size_t index) const {
  with_whole_values(rows.column(*aggregate_.argument), [&](auto value_of) {
    if (!is_extreme()) {
      return for_counted(aggregate_, rows, additions, [&](const Addition& addition) {
        Accumulator& to = addition.group[index];
        to.count += addition.weight;
        to.whole += addition.weight * value_of(addition.row);
      });
    }
    const bool smallest = aggregate_.algebra == Algebra::min;
    for_counted(aggregate_, rows, additions, [&](const Addition& addition) {
      Accumulator& to = addition.group[index];
      const Int128 value = value_of(addition.row);
      const bool better = smallest ? value < to.whole : value > to.whole;
      if (to.count == 0 || better) to.whole = value;
      to.count += addition.weight;
    });
  });
}

void Accumulation::add_real(const Batch& rows, std::span<const Addition> additions,
                            std::size_t index) const {
  with_real_values(rows.column(*aggregate_.argument), [&](auto value_of) {
    if (!is_extreme()) {
      return for_counted(aggregate_, rows, additions, [&](const Addition& addition) {
        Accumulator& to = addition.group[index];
        to.count += addition.weight;
        add_compensated(to, static_cast<double>(addition.weight) * value_of(addition.row));
      });
    }
    const bool smallest = aggregate_.algebra == Algebra::min;
    for_counted(aggregate_, rows, additions, [&](const Addition& addition) {
      Accumulator& to = addition.group[index];
      const double value = value_of(addition.row);
      const bool better = smallest ? less(value, to.real) : less(to.real, value);
      if (to.count == 0 || better) to.real = value;
      to.count += addition.weight;
    });
  });
}

void Accumulation::add_text(const Batch& rows, std::span<const Addition> additions,
                            std::size_t index) const {
  const Column& column = rows.column(*aggregate_.argument);
  const bool smallest = aggregate_.algebra == Algebra::min;
  for_counted(aggregate_, rows, additions, [&](const Addition& addition) {
    Accumulator& to = addition.group[index];
    const std::string_view value = column.string(addition.row);
    const bool better = smallest ? value < to.text : value > to.text;
    if (to.count == 0 || better) to.text = value;
    to.count += addition.weight;
  });
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

}  // namespace weir::dataflow
