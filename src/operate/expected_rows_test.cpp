#include "operate/expected_rows.h"

#include <gtest/gtest.h>

namespace weir::operate {
namespace {

RowText row(std::vector<std::string> columns, std::vector<std::string> values) {
  return {std::move(columns), std::move(values)};
}

TEST(RowDifference, IsNoneForTheSameRowsInAnyOrder) {
  EXPECT_EQ(row_difference({row({"a"}, {"1"}), row({"a"}, {"2"})},
                           {row({"a", "b"}, {"2", "x"}), row({"a", "b"}, {"1", "y"})}),
            "");
}

TEST(RowDifference, ShowsWhatIsMissingAndWhatIsTooMuch) {
  EXPECT_EQ(row_difference({row({"a"}, {"1"}), row({"a"}, {"1"})},
                           {row({"a", "b"}, {"1", "\"x\""}), row({"a", "b"}, {"2", "\"y\""})}),
            "  - missing:  {a: 1}\n"
            "  + too much: {a: 2, b: \"y\"}\n");
}

TEST(RowDifference, LeavesTheOnlyPartnerToTheRowThatNamesMore) {
  EXPECT_EQ(row_difference({row({"a"}, {"1"}), row({"a", "b"}, {"1", "2"})},
                           {row({"a", "b"}, {"1", "2"}), row({"a", "b"}, {"1", "3"})}),
            "");
}

TEST(RowDifference, ForgivesTheLastDigitsOfADoubleAlone) {
  EXPECT_EQ(row_difference({row({"a"}, {"0.3"})}, {row({"a"}, {"0.30000000000000004"})}), "");
  EXPECT_NE(row_difference({row({"a"}, {"0.3"})}, {row({"a"}, {"0.3001"})}), "");
  EXPECT_NE(row_difference({row({"a"}, {"9007199254740993"})}, {row({"a"}, {"9007199254740992"})}),
            "");
}

TEST(ExpectedRow, ReadsValuesAsTheTypesOfTheirColumns) {
  const auto database = engine::Database::open({});
  ASSERT_TRUE(database.ok());
  const auto connection = database.value()->connect();
  ASSERT_TRUE(connection.ok());
  const Schema schema{{{"at", Type{.id = TypeId::timestamp}},
                       {"n", Type{.id = TypeId::bigint}},
                       {"a/b", Type{.id = TypeId::varchar}}}};
  const auto read = expected_row(*connection.value(), schema, {},
                                 R"({"a/b": "x", "n": 4, "at": "2001-01-01 00:00:00"})");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().columns, (std::vector<std::string>{"a/b", "n", "at"}));
  EXPECT_EQ(read.value().values,
            (std::vector<std::string>{"\"x\"", "4", "\"2001-01-01T00:00:00Z\""}));
}

TEST(ExpectedRow, ReadsTimesWithTheirOffsetOrInTheZone) {
  const auto database = engine::Database::open({});
  ASSERT_TRUE(database.ok());
  const auto connection = database.value()->connect();
  ASSERT_TRUE(connection.ok());
  const Schema schema{{{"at", Type{.id = TypeId::timestamp}}, {"day", Type{.id = TypeId::date}}}};
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  const std::pair<const char*, const char*> cases[] = {
      {R"({"at": "2024-07-01T13:00:00+03:00"})", "\"2024-07-01T10:00:00Z\""},
      {R"({"at": "2024-07-01 12:00:00"})", "\"2024-07-01T10:00:00Z\""},
      {R"({"at": "2024-07-01T12:00:00Z"})", "\"2024-07-01T12:00:00Z\""},
      {R"({"at": null})", "null"},
      {R"({"day": "2024-07-01"})", "\"2024-07-01\""}};
  for (const auto& [json, value] : cases) {
    const auto read = expected_row(*connection.value(), schema, berlin, json);
    ASSERT_TRUE(read.ok()) << json << read.error().message;
    EXPECT_EQ(read.value().values, std::vector<std::string>{value}) << json;
  }
  const auto cut =
      expected_row(*connection.value(), schema, berlin, R"({"day": "2024-07-01 13:00"})");
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().message, "day is of type DATE, not \"2024-07-01 13:00\"");
}

TEST(ExpectedRow, RefusesAColumnThatIsNotThere) {
  const auto database = engine::Database::open({});
  ASSERT_TRUE(database.ok());
  const auto connection = database.value()->connect();
  ASSERT_TRUE(connection.ok());
  const auto read = expected_row(*connection.value(), Schema{{{"n", Type{.id = TypeId::bigint}}}},
                                 {}, R"({"m": 4})");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, "there is no column m; there are n");
}

}  // namespace
}  // namespace weir::operate
