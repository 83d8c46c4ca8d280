#include "journal/source_watermark.h"

#include <gtest/gtest.h>

namespace weir::journal {
namespace {

Column times(const std::vector<std::int64_t>& values) {
  Column column(Type{.id = TypeId::timestamp});
  for (const std::int64_t value : values) column.append(value);
  return column;
}

constexpr std::int64_t none = no_watermark;

TEST(SourceWatermark, FollowsTheNewestTimeRowByRowAndNeverGoesBack) {
  SourceWatermark watermark;
  EXPECT_EQ(watermark.follow({.lateness = 10}, times({100, 50, 120, 110})),
            (std::vector<std::int64_t>{90, 90, 110, 110}));
  EXPECT_EQ(watermark.value(), 110);
}

TEST(SourceWatermark, TakesUpTheOneInForceBeforeTheFirstRow) {
  SourceWatermark watermark;
  EXPECT_EQ(watermark.follow({.watermark_before = 95, .lateness = 10}, times({100})),
            (std::vector<std::int64_t>{95}));
  EXPECT_EQ(watermark.value(), 95);
}

TEST(SourceWatermark, TakesTheLatenessThatEachEntryWasAcceptedWith) {
  SourceWatermark watermark;
  watermark.follow({.lateness = 10}, times({100}));
  EXPECT_EQ(watermark.value(), 90);
  EXPECT_EQ(watermark.follow({.lateness = 50}, times({120, 200})),
            (std::vector<std::int64_t>{90, 150}));
  EXPECT_EQ(watermark.value(), 150);
}

TEST(SourceWatermark, IsNoneWhereATimeLessTheLatenessIsNoTime) {
  SourceWatermark watermark;
  watermark.follow({.lateness = 10}, times({none + 9}));
  EXPECT_EQ(watermark.value(), none);
  watermark.follow({.lateness = 10}, times({none + 12}));
  EXPECT_EQ(watermark.value(), none + 2);
}

TEST(SourceWatermark, IsRaisedByHandAndByTheEnd) {
  SourceWatermark watermark;
  watermark.follow({.lateness = 10}, times({100}));
  EXPECT_FALSE(watermark.raise({.at = Instant(std::chrono::microseconds(97))}));
  EXPECT_EQ(watermark.value(), 97);
  EXPECT_FALSE(watermark.raise({.at = Instant(std::chrono::microseconds(20))}));
  EXPECT_EQ(watermark.value(), 97);
  EXPECT_TRUE(watermark.raise({}));
  EXPECT_EQ(watermark.value(), 101);
}

}  // namespace
}  // namespace weir::journal
