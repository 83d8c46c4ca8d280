// Instants as users write them in settings.
#pragma once

#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace weir {

// "2001-01-01", "2001-01-01 00:10:00.5", "2001-01-01T00:10:00Z", "2001-01-01T00:10:00+08:00".
// Without an offset it is in UTC.
Result<Instant> parse_instant(std::string_view text);

}  // namespace weir
