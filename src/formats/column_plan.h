// A column's rule with its texts read once: what is asked of each value that comes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/column.h"
#include "core/event_rules.h"
#include "core/result.h"
#include "scalars/time_zone.h"

namespace weir::formats {

struct ColumnPlan {
  ColumnRule rule;
  std::optional<Column> min, max, default_value;  // of one row

  // Fault::invalid: a text that is no value of the type, or bounds that admit nothing.
  static Result<ColumnPlan> make(const ColumnRule& rule, const TimeZone& zone);
  bool has_bounds() const { return min || max; }
  // A value that is not null lies within the bounds.
  bool admits(const Column& column, std::size_t row) const;
  // "at least -60 and at most 2000"
  std::string bounds() const;
};

}  // namespace weir::formats
