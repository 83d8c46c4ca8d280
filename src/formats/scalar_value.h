// A scalar of JSON as a value of a column's type.
#pragma once

#include <string>
#include <string_view>

#include "core/column.h"
#include "core/event_rules.h"
#include "formats/json_cursor.h"
#include "scalars/fit.h"
#include "scalars/time_zone.h"

namespace weir::formats {

// How times are written.
struct TimeReading {
  TimeFormat format = TimeFormat::iso;
  const TimeZone* zone = nullptr;
};

// Appends the value, or nothing where it does not fit. Null is a value of every type; a list, a
// structure or a map has no other scalar. What is kept as JSON is kept as it stands: not here.
Fit append_scalar(Column& column, const Token& token, const TimeReading& times);
// "a whole number from -128 to 127": what is right for the type.
std::string wanted(const Type& type, TimeFormat format);

}  // namespace weir::formats
