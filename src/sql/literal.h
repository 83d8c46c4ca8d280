// Constants of a bound plan as SQL.
#pragma once

#include <optional>
#include <string>

#include "core/column.h"
#include "formats/json_value.h"

namespace weir::sql {

// `value` is a serialised constant: {type, is_null, value}. Nothing for a type that SQL text does
// not bring into a plan.
std::optional<std::string> literal_text(const formats::JsonValue& value);

// "INTERVAL '90 minutes'", in the largest unit that divides it.
std::string interval_text(const IntervalValue& interval);

}  // namespace weir::sql
