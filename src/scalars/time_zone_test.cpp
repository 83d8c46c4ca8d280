#include "scalars/time_zone.h"

#include <gtest/gtest.h>

#include "scalars/time_text.h"

namespace weir {
namespace {

std::string utc_of(const char* zone, const char* local) {
  const auto found = TimeZone::find(zone);
  EXPECT_TRUE(found.ok()) << zone;
  std::int64_t micros = 0;
  EXPECT_EQ(read_timestamp(local, found.value(), micros), Fit::good) << local;
  std::string text;
  append_timestamp(text, micros);
  return text;
}

TEST(TimeZone, finds_the_instant_of_a_local_time) {
  struct Case {
    const char *zone, *local, *utc;
  };
  for (const Case& c : {
           Case{"UTC", "2024-07-01 12:00:00", "2024-07-01T12:00:00Z"},
           Case{"+05:30", "2024-07-01 12:00:00", "2024-07-01T06:30:00Z"},
           Case{"-0330", "2024-07-01 12:00:00", "2024-07-01T15:30:00Z"},
           Case{"Europe/Berlin", "2024-01-15 12:00:00", "2024-01-15T11:00:00Z"},
           Case{"Europe/Berlin", "2024-07-01 12:00:00", "2024-07-01T10:00:00Z"},
           // skipped on this night: as if the clock had not been changed
           Case{"Europe/Berlin", "2024-03-31 02:30:00", "2024-03-31T01:30:00Z"},
           Case{"Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31T00:59:59Z"},
           Case{"Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00Z"},
           // shown twice on this night: the first
           Case{"Europe/Berlin", "2024-10-27 02:30:00", "2024-10-27T00:30:00Z"},
           Case{"Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27T02:00:00Z"},
           Case{"America/New_York", "2024-07-01 12:00:00", "2024-07-01T16:00:00Z"},
           Case{"America/New_York", "2090-07-01 12:00:00", "2090-07-01T16:00:00Z"},
           Case{"America/New_York", "2090-01-01 12:00:00", "2090-01-01T17:00:00Z"},
           Case{"Australia/Sydney", "2090-01-01 12:00:00", "2090-01-01T01:00:00Z"},
           Case{"Asia/Shanghai", "2024-07-01 12:00:00", "2024-07-01T04:00:00Z"},
           Case{"Asia/Kathmandu", "2024-07-01 12:00:00", "2024-07-01T06:15:00Z"},
       }) {
    EXPECT_EQ(utc_of(c.zone, c.local), c.utc) << c.zone << " " << c.local;
  }
}

TEST(TimeZone, refuses_what_is_none) {
  for (const char* name : {"", "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Europe",
                           "+25", "+1:2:3", "+5x", "tzdata.zi"}) {
    EXPECT_FALSE(TimeZone::find(name).ok()) << name;
  }
}

TEST(ZoneRule, reads_posix_texts_of_every_form) {
  const std::int64_t july = 1'719'835'200;     // 2024-07-01T12:00:00Z
  const std::int64_t january = 1'704'110'400;  // 2024-01-01T12:00:00Z
  struct Case {
    const char* text;
    std::int64_t july, january;
  };
  for (const Case& c : {Case{"UTC0", 0, 0}, Case{"<+0530>-5:30", 19'800, 19'800},
                        Case{"CET-1CEST,M3.5.0,M10.5.0/3", 7200, 3600},
                        Case{"AEST-10AEDT,M10.1.0,M4.1.0/3", 36'000, 39'600},
                        Case{"EST5EDT4,J60/2,J300/2", -14'400, -18'000},
                        Case{"EST5EDT,59,299/-1", -14'400, -18'000}}) {
    const auto rule = parse_zone_rule(c.text);
    ASSERT_TRUE(rule.has_value()) << c.text;
    EXPECT_EQ(offset_by(*rule, july), c.july) << c.text;
    EXPECT_EQ(offset_by(*rule, january), c.january) << c.text;
  }
  for (const char* text : {"", "C-1", "CET", "CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "CET-1x"}) {
    EXPECT_FALSE(parse_zone_rule(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace weir
