#include "dataflow/key_bytes.h"

#include <gtest/gtest.h>

#include <cmath>

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
