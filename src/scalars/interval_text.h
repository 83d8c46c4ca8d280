// Intervals as text: ISO 8601 durations out; those, and DuckDB's own spelling, in.
#pragma once

#include <string>
#include <string_view>

#include "core/column.h"
#include "scalars/fit.h"

namespace weir {

// "P1Y2M3DT4H5M6.5S", "-P1D", "1 year 2 days 03:04:05.5", "90 minutes".
Fit read_interval(std::string_view text, IntervalValue& interval);
// P1Y2M3DT4H5M6.5S; a part below zero has its own minus; nothing at all is PT0S.
void append_interval(std::string& text, const IntervalValue& interval);

}  // namespace weir
