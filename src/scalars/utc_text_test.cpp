#include "scalars/utc_text.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(UtcText, puts_a_time_of_any_writing_into_utc) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  struct Case {
    const char *type, *text, *utc;
  };
  for (const Case& c :
       {Case{"timestamp", "2024-07-01 12:00:00", "2024-07-01T10:00:00Z"},
        Case{"timestamp", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00Z"},
        Case{"timestamp", "2024-07-01T12:00:00+08:00", "2024-07-01T04:00:00Z"},
        Case{"timestamptz", "2024-07-01 12:00:00.5-03", "2024-07-01T15:00:00.5Z"},
        Case{"timestamptz", "2024-07-01", "2024-06-30T22:00:00Z"},
        Case{"timestamp", "-infinity", "-infinity"}, Case{"date", "2024-07-01", "2024-07-01"},
        Case{"time", "13:00", "13:00"}, Case{"varchar", "2024-07-01 12:00", "2024-07-01 12:00"}}) {
    std::string text = c.text;
    EXPECT_EQ(put_in_utc(parse_type(c.type).value(), berlin, text), Fit::good) << c.text;
    EXPECT_EQ(text, c.utc);
  }
}

TEST(UtcText, refuses_what_the_engine_would_cut) {
  struct Case {
    const char *type, *text;
  };
  for (const Case& c : {Case{"timestamp", "soon"}, Case{"timestamp", "2024-07-01T12:00:00 08:00"},
                        Case{"timestamp", "2024-02-30"}, Case{"date", "2024-07-01T13:00:00Z"},
                        Case{"date", "2024-07-01 13:00"}, Case{"time", "13:00+03:00"}}) {
    std::string text = c.text;
    EXPECT_NE(put_in_utc(parse_type(c.type).value(), {}, text), Fit::good) << c.text;
  }
}

}  // namespace
}  // namespace weir
