#include "operate/expected_rows.h"

#include <gtest/gtest.h>

namespace weir::operate {
namespace {

RowText row(std::vector<std::string> columns, std::vector<std::string> values,
            bool are_floats = false) {
  const std::size_t count = columns.size();
  return {std::move(columns), std::move(values), std::vector<bool>(count, are_floats)};
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
  const struct {
    const char *expected, *actual;
    bool are_floats, is_same;
  } cases[] = {{"0.3", "0.30000000000000004", true, true},
               {"3.0000000001", "3", true, true},
               {"0.3", "0.3001", true, false},
               {"123456789012.01", "123456789012.02", false, false},
               {"9007199254740993", "9007199254740992", false, false}};
  for (const auto& [expected, actual, are_floats, is_same] : cases) {
    const std::string difference =
        row_difference({row({"a"}, {expected}, are_floats)}, {row({"a"}, {actual}, are_floats)});
    EXPECT_EQ(difference.empty(), is_same) << expected;
  }
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

TEST(ExpectedRow, ReadsNumbersExactlyAndRefusesOnesThatTheirColumnCouldNotHold) {
  const auto database = engine::Database::open({});
  ASSERT_TRUE(database.ok());
  const auto connection = database.value()->connect();
  ASSERT_TRUE(connection.ok());
  const Schema schema{{{"n", Type{.id = TypeId::bigint}},
                       {"m", Type{.id = TypeId::decimal, .width = 20, .scale = 2}},
                       {"h", Type{.id = TypeId::uhugeint}},
                       {"d", Type{.id = TypeId::double_precision}}}};
  const auto read = expected_row(*connection.value(), schema, {},
                                 R"({"n": 5.0, "m": "1.5e1", "h": 4, "d": 4.6})");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().values, (std::vector<std::string>{"5", "15.00", "4", "4.6"}));
  EXPECT_EQ(read.value().are_floats, (std::vector<bool>{false, false, false, true}));
  for (const char* json :
       {R"({"m": 123456789012345678.01})", R"({"m": 1.2345678901234567801e17})"}) {
    const auto long_one = expected_row(*connection.value(), schema, {}, json);
    ASSERT_TRUE(long_one.ok()) << long_one.error().message;
    EXPECT_EQ(long_one.value().values, std::vector<std::string>{"123456789012345678.01"});
  }
  const std::pair<const char*, const char*> cases[] = {
      {R"({"n": 4.6})", "n is of type BIGINT, not 4.6"},
      {R"({"n": "4.6"})", "n is of type BIGINT, not 4.6"},
      {R"({"n": true})", "n is of type BIGINT, not true"},
      {R"({"m": 123456789012345.014})", "m is of type DECIMAL(20,2), not 123456789012345.014"},
      {R"({"h": 0.5})", "h is of type UHUGEINT, not 0.5"}};
  for (const auto& [json, said] : cases) {
    const auto refused = expected_row(*connection.value(), schema, {}, json);
    ASSERT_FALSE(refused.ok()) << json;
    EXPECT_EQ(refused.error().message, said);
  }
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
