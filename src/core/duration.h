// Spans of time as users write them: 250ms, 5s, 10m, 2h, 7d.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace weir {

// Longer ones are refused: added to a time, they would not fit.
constexpr std::chrono::days duration_max{36'500};

Result<std::chrono::microseconds> parse_duration(std::string_view text);
// The shortest spelling that parse_duration reads back.
std::string to_string(std::chrono::microseconds duration);

}  // namespace weir
