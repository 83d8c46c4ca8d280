// Dates and times as text, in both directions: ISO 8601 as the contract writes it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "scalars/fit.h"
#include "scalars/time_zone.h"

namespace weir {

// DuckDB's infinities; the negative ones are these, negated.
inline constexpr std::int32_t date_infinity = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t timestamp_infinity = std::numeric_limits<std::int64_t>::max();

// The earliest instant DuckDB knows: 290309-12-22 BC.
inline constexpr std::int64_t timestamp_min = -9'223'372'022'400'000'000;

// "2001-01-01", "-0044-03-15", "infinity" as days since 1970-01-01.
Fit read_date(std::string_view text, std::int32_t& days);
// "13:00", "13:00:00.5" as microseconds since midnight; digits beyond microseconds are cut.
Fit read_time(std::string_view text, std::int64_t& micros);
// A date, then perhaps `T` or a space, a time, and `Z` or an offset; without one, `zone` decides.
// Microseconds since 1970 UTC.
Fit read_timestamp(std::string_view text, const TimeZone& zone, std::int64_t& micros);
// The form most machines write, from the front of a text: 2001-01-01T00:00:00.123Z, with up to six
// digits behind the point or none, or a space for the T. False, and nothing taken, where something
// else stands there.
bool take_usual_timestamp(const char*& at, const char* end, std::int64_t& micros);

// Without quotes. The fraction stands only where there is one, without trailing zeros.
void append_date(std::string& text, std::int32_t days);
void append_time(std::string& text, std::int64_t micros);
void append_timestamp(std::string& text, std::int64_t micros);
// The same without the Z: a reader takes it for a time of its own zone.
void append_local_time(std::string& text, std::int64_t micros);

}  // namespace weir
