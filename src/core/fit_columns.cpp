#include "core/fit_columns.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

namespace weir {
namespace {

constexpr std::int64_t day_micros = 86'400'000'000;

// Calls `use` with a zero of the integer's type; false where the type is none, or of 128 bits.
template <class Use>
bool with_integer(TypeId id, Use use) {
  switch (id) {
    case TypeId::tinyint: use(std::int8_t{}); return true;
    case TypeId::smallint: use(std::int16_t{}); return true;
    case TypeId::integer: use(std::int32_t{}); return true;
    case TypeId::bigint: use(std::int64_t{}); return true;
    case TypeId::utinyint: use(std::uint8_t{}); return true;
    case TypeId::usmallint: use(std::uint16_t{}); return true;
    case TypeId::uinteger: use(std::uint32_t{}); return true;
    case TypeId::ubigint: use(std::uint64_t{}); return true;
    default: return false;
  }
}

bool is_wider_integer(TypeId wanted, TypeId stored) {
  bool holds = false;
  with_integer(stored, [&]<class From>(From) {
    using Stored = std::numeric_limits<From>;
    holds = wanted == TypeId::hugeint || (wanted == TypeId::uhugeint && !Stored::is_signed);
    with_integer(wanted, [&]<class To>(To) {
      using Wanted = std::numeric_limits<To>;
      holds = Wanted::digits >= Stored::digits && (Wanted::is_signed || !Stored::is_signed);
    });
  });
  return holds;
}

template <class From, class Convert>
void append_converted(Column& to, const Column& from, Convert convert) {
  const auto values = from.values<From>();
  for (std::size_t row = 0; row < values.size(); ++row) {
    from.is_null(row) ? to.append_null() : to.append(convert(values[row]));
  }
}

void append_integers(Column& to, const Column& from) {
  with_integer(from.type().id, [&]<class From>(From) {
    const bool is_narrow = with_integer(to.type().id, [&]<class To>(To) {
      append_converted<From>(to, from, [](From value) { return static_cast<To>(value); });
    });
    if (is_narrow) return;
    append_converted<From>(to, from, [](From value) {
      return Huge{static_cast<std::uint64_t>(value), value < From{} ? -1 : 0};
    });
  });
}

// What is beyond all timestamps is infinite.
std::int64_t midnight(std::int32_t days) {
  constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t days_max = infinity / day_micros;
  if (days > days_max) return infinity;
  return days < -days_max ? -infinity : days * day_micros;
}

// holds_all_of() their types.
void append_wider(Column& to, const Column& from) {
  switch (from.type().id) {
    case TypeId::real:
      return append_converted<float>(to, from,
                                     [](float value) { return static_cast<double>(value); });
    case TypeId::date: return append_converted<std::int32_t>(to, from, midnight);
    default: return append_integers(to, from);
  }
}

}  // namespace

bool holds_all_of(const Type& wanted, const Type& stored) {
  if (wanted == stored || is_wider_integer(wanted.id, stored.id)) return true;
  if (stored.id == TypeId::date) return wanted.id == TypeId::timestamp;
  return stored.id == TypeId::real && wanted.id == TypeId::double_precision;
}

Result<std::shared_ptr<const Batch>> fit_columns(std::shared_ptr<const Batch> rows,
                                                 const std::shared_ptr<const Schema>& schema) {
  if (rows->schema() == *schema) return rows;
  auto fitted = std::make_shared<Batch>(schema);
  for (std::size_t i = 0; i < schema->columns.size(); ++i) {
    const Field& wanted = schema->columns[i];
    const std::optional<std::size_t> from = rows->schema().find(wanted.name);
    if (!from) {
      for (std::size_t row = 0; row < rows->rows(); ++row) fitted->column(i).append_null();
      continue;
    }
    const Type& stored = rows->schema().columns[*from].type;
    if (stored == wanted.type) {
      fitted->column(i).append_range(rows->column(*from), 0, rows->rows());
    } else if (holds_all_of(wanted.type, stored)) {
      append_wider(fitted->column(i), rows->column(*from));
    } else {
      return Error{Fault::conflict,
                   fmt::format("column {} was stored as {} and is now {}", wanted.name,
                               to_string(stored), to_string(wanted.type))};
    }
  }
  return std::shared_ptr<const Batch>(std::move(fitted));
}

}  // namespace weir
