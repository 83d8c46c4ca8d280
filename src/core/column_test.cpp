#include "core/column.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

Column column_of(const char* type) { return Column(parse_type(type).value()); }

TEST(Column, keeps_short_and_long_strings_and_nulls) {
  Column column = column_of("varchar");
  column.append_string("short");
  column.append_null();
  column.append_string("longer than the twelve bytes that fit inside");
  EXPECT_EQ(column.string(0), "short");
  EXPECT_TRUE(column.is_null(1));
  EXPECT_FALSE(column.is_null(2));
  EXPECT_EQ(column.string(2), "longer than the twelve bytes that fit inside");
}

TEST(Column, a_row_that_failed_half_way_is_taken_back_whole) {
  Column column = column_of("struct(a int, b varchar[])");
  column.child(0).append(std::int32_t{1});
  column.child(1).child(0).append_string("x");
  column.child(1).append_list();
  column.append_structure();
  column.child(0).append(std::int32_t{2});
  column.child(1).child(0).append_string("y");
  column.truncate(1);
  EXPECT_EQ(column.size(), 1u);
  EXPECT_EQ(column.child(0).size(), 1u);
  EXPECT_EQ(column.child(1).child(0).size(), 1u);
}

TEST(Column, truncating_nulls_leaves_rows_that_are_not_null) {
  Column column = column_of("int");
  for (int i = 0; i < 70; ++i) column.append_null();
  column.truncate(3);
  column.append(std::int32_t{5});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(column.is_null(static_cast<std::size_t>(i)));
  EXPECT_FALSE(column.is_null(3));
}

TEST(Column, values_appended_together_are_not_null_even_behind_nulls) {
  Column column = column_of("int");
  const std::int32_t values[] = {4, 5, 6};
  column.append_values(std::as_bytes(std::span(values)));
  EXPECT_FALSE(column.has_nulls());
  for (int i = 0; i < 61; ++i) column.append_null();
  column.append_values(std::as_bytes(std::span(values)));
  ASSERT_EQ(column.size(), 67u);
  EXPECT_TRUE(column.is_null(63));
  for (const std::size_t row : {0, 2, 64, 66}) EXPECT_FALSE(column.is_null(row)) << row;
  EXPECT_EQ(column.values<std::int32_t>()[65], 5);
}

TEST(Column, strings_of_a_range_outlive_the_column_they_came_from) {
  Column copy = column_of("varchar");
  {
    Column from = column_of("varchar");
    for (const char* text : {"left out", "twelve bytes", "longer than the twelve bytes", ""}) {
      from.append_string(text);
    }
    copy.append_range(from, 1, 3);
    copy.append_rows(from, std::vector<std::uint32_t>{2, 2, 0});
  }
  ASSERT_EQ(copy.size(), 6u);
  EXPECT_EQ(copy.string(0), "twelve bytes");
  EXPECT_EQ(copy.string(1), "longer than the twelve bytes");
  EXPECT_EQ(copy.string(2), "");
  for (const std::size_t row : {3, 4}) {
    EXPECT_EQ(copy.string(row), "longer than the twelve bytes");
  }
  EXPECT_EQ(copy.string(5), "left out");
}

TEST(Column, rows_are_copied_in_any_order_and_number_whatever_their_width) {
  for (const char* type : {"tinyint", "smallint", "int", "bigint", "hugeint"}) {
    Column from = column_of(type);
    Column copy = column_of(type);
    const std::size_t width = value_width(from.type());
    for (const char value : {'a', 'b', 'c', 'd'}) {
      const std::string bytes(width, value);
      from.append_values(std::as_bytes(std::span(bytes)));
    }
    for (const std::vector<std::uint32_t>& rows :
         {std::vector<std::uint32_t>{1, 2, 3}, {0, 0, 2}, {3, 1}, {}}) {
      copy.append_rows(from, rows);
    }
    const auto* bytes = reinterpret_cast<const char*>(copy.values<std::byte>().data());
    std::string wanted;
    for (const char value : {'b', 'c', 'd', 'a', 'a', 'c', 'd', 'b'}) wanted.append(width, value);
    ASSERT_EQ(copy.size(), 8u) << type;
    EXPECT_EQ(std::string(bytes, wanted.size()), wanted) << type;
  }
}

TEST(Column, rows_are_copied_with_their_lists_structures_and_nulls) {
  Column from = column_of("struct(k varchar, v int[])[]");
  Column& entry = from.child(0);
  entry.child(0).append_string("a key of more than twelve bytes");
  entry.child(1).child(0).append(std::int32_t{7});
  entry.child(1).append_list();
  entry.append_structure();
  from.append_list();
  from.append_null();
  Column to = column_of("struct(k varchar, v int[])[]");
  const std::uint32_t rows[] = {1, 0, 0};
  to.append_rows(from, rows);
  EXPECT_TRUE(to.is_null(0));
  EXPECT_EQ(to.values<ListRef>()[2].offset, 1u);
  EXPECT_EQ(to.child(0).child(0).string(1), "a key of more than twelve bytes");
  EXPECT_EQ(to.child(0).child(1).child(0).values<std::int32_t>()[1], 7);
}

}  // namespace
}  // namespace weir
