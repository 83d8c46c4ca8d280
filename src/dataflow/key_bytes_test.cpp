#include "dataflow/key_bytes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

namespace weir::dataflow {
namespace {

std::string bytes_of(const Column& column, std::size_t row) {
  std::string bytes;
  append_key_bytes(bytes, column, row);
  return bytes;
}

TEST(KeyBytes, AreEqualWhereSqlGroupsTogether) {
  Column column(Type{.id = TypeId::double_precision});
  for (const double value : {0.0, -0.0, std::nan("1"), -std::nan("2"), 1.0}) column.append(value);
  column.append_null();
  column.append_null();
  EXPECT_EQ(bytes_of(column, 0), bytes_of(column, 1));
  EXPECT_EQ(bytes_of(column, 2), bytes_of(column, 3));
  EXPECT_EQ(bytes_of(column, 5), bytes_of(column, 6));
  EXPECT_NE(bytes_of(column, 0), bytes_of(column, 4));
  EXPECT_NE(bytes_of(column, 0), bytes_of(column, 5));
}

TEST(KeyBytes, AreEqualForIntervalsThatSqlFindsEqual) {
  constexpr std::int64_t hour = 3'600'000'000;
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  // A line each value, in the ways to write it, as DuckDB compares them.
  const std::vector<std::vector<IntervalValue>> equal = {
      {{0, 0, 24 * hour}, {0, 1, 0}},
      {{1, -29, 0}},
      {{1, 0, 0}, {0, 30, 0}, {0, 0, 720 * hour}, {0, 29, 24 * hour}},
      {{1, 0, hour}, {0, 29, 25 * hour}},
      {{0, 0, 0}, {0, -1, 24 * hour}, {1, -30, 0}},
      {{-1, 0, 0}, {0, -30, 0}},
      {{1, -1, 0}},
      {{0, 29, 0}},
      {{0, 1, -hour}},
      {{0, 0, 23 * hour}},
      {{most, 30, 0}, {most, 0, 720 * hour}},
      {{most, most, 0}, {most, most - 1, 24 * hour}},
      {{-most - 1, 30, 0}, {-most, 0, 0}},
  };
  std::map<std::string, std::size_t> found;
  for (std::size_t i = 0; i < equal.size(); ++i) {
    Column column(Type{.id = TypeId::interval});
    for (const IntervalValue& value : equal[i]) column.append(value);
    for (std::size_t row = 0; row < equal[i].size(); ++row) {
      const auto [same, is_new] = found.try_emplace(bytes_of(column, row), i);
      EXPECT_EQ(same->second, i) << row;
      EXPECT_EQ(is_new, row == 0) << i << " " << row;
    }
  }
}

TEST(KeyBytes, DoNotRunTogetherAcrossColumns) {
  Column column(Type{.id = TypeId::varchar});
  for (const char* text : {"ab", "c", "a", "bc"}) column.append_string(text);
  EXPECT_NE(bytes_of(column, 0) + bytes_of(column, 1), bytes_of(column, 2) + bytes_of(column, 3));
}

TEST(KeyBytes, GiveTheValueBack) {
  for (const char* name :
       {"varchar", "smallint", "hugeint", "integer[]", "struct(a int, b text)"}) {
    Result<Type> type = parse_type(name);
    ASSERT_TRUE(type.ok());
    Column column(type.value());
    if (column.type().id == TypeId::varchar) column.append_string("longer than twelve bytes");
    if (column.type().id == TypeId::smallint) column.append(std::int16_t{-3});
    if (column.type().id == TypeId::hugeint) column.append(Huge{7, -1});
    if (column.type().id == TypeId::list) {
      column.child(0).append(std::int32_t{4});
      column.child(0).append_null();
      column.append_list();
    }
    if (column.type().id == TypeId::structure) {
      column.child(0).append(std::int32_t{4});
      column.child(1).append_string("x");
      column.append_structure();
    }
    column.append_null();
    Column copy(type.value());
    for (std::size_t row = 0; row < 2; ++row) {
      const std::string bytes = bytes_of(column, row);
      std::string_view left = bytes;
      append_from_key_bytes(copy, left);
      EXPECT_TRUE(left.empty()) << name;
      EXPECT_EQ(bytes_of(copy, row), bytes) << name;
      EXPECT_EQ(copy.is_null(row), row == 1) << name;
    }
  }
}

}  // namespace
}  // namespace weir::dataflow
