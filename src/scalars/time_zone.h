// Local times and instants: what the clock on the wall of an IANA zone shows.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "scalars/zone_rule.h"

namespace weir {

// Never changes once made; copies are independent.
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // "UTC", an offset such as "+05:30", or an IANA name, read from the system's zone files.
  // Fault::invalid: no such zone.
  static Result<TimeZone> find(std::string_view name);

  // Seconds east of UTC in force at the instant, which is in seconds since 1970 UTC.
  std::int64_t offset_at(std::int64_t utc) const;
  // The instant at which the zone's clock shows `local` (seconds since 1970, as if it were UTC).
  // Shown twice: the first of them. Skipped: as if the clock had not been changed yet.
  std::int64_t to_utc(std::int64_t local) const;

 private:
  struct Change {
    std::int64_t utc;
    std::int64_t offset;  // from then on
  };

  static Result<TimeZone> read(std::string_view name, std::string_view file);

  std::vector<Change> changes_;
  ZoneRule rule_;  // after the last change; all there is where there is none
  std::int64_t first_offset_ = 0;
};

}  // namespace weir
