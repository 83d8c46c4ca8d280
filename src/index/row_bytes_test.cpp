#include "index/row_bytes.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace weir::index {
namespace {

std::shared_ptr<const Schema> schema_of(std::initializer_list<const char*> types) {
  Schema schema;
  for (const char* type : types) schema.columns.push_back({type, parse_type(type).value()});
  return std::make_shared<const Schema>(std::move(schema));
}

// Values of every layout, and nulls.
Batch all_layouts() {
  Batch rows(schema_of({"boolean", "smallint", "double", "hugeint", "varchar", "date", "varchar[]",
                        "struct(a int, b varchar)", "map(varchar, int)", "interval"}));
  rows.column(0).append(true);
  rows.column(1).append<std::int16_t>(-7);
  rows.column(2).append(0.5);
  rows.column(3).append(Huge{7, -1});
  rows.column(4).append_string("longer than twelve bytes");
  rows.column(5).append_null();
  rows.column(6).child(0).append_string("a");
  rows.column(6).child(0).append_null();
  rows.column(6).append_list();
  rows.column(7).child(0).append<std::int32_t>(4);
  rows.column(7).child(1).append_string("x");
  rows.column(7).append_structure();
  rows.column(8).child(0).child(0).append_string("k");
  rows.column(8).child(0).child(1).append<std::int32_t>(5);
  rows.column(8).child(0).append_structure();
  rows.column(8).append_list();
  rows.column(9).append(IntervalValue{1, 2, 3});
  return rows;
}

void expect_damaged(Batch& rows, std::string_view bytes) {
  const auto appended = append_row(rows, bytes);
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().fault, Fault::corrupt);
  EXPECT_EQ(rows.rows(), 0U);
}

TEST(RowBytes, GiveTheRowBack) {
  const Batch rows = all_layouts();
  const std::string bytes = row_bytes(rows, 0, rows.column_count());
  Batch copy(rows.shared_schema());
  ASSERT_TRUE(append_row(copy, bytes).ok());
  EXPECT_EQ(copy.rows(), 1U);
  EXPECT_EQ(row_bytes(copy, 0, copy.column_count()), bytes);
}

TEST(RowBytes, AreDamagedWhereverABitIsFlipped) {
  const Batch rows = all_layouts();
  std::string bytes = row_bytes(rows, 0, rows.column_count());
  Batch copy(rows.shared_schema());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    SCOPED_TRACE(bit);
    const auto flip = static_cast<char>(1 << (bit % 8));
    bytes[bit / 8] ^= flip;
    expect_damaged(copy, bytes);
    bytes[bit / 8] ^= flip;
  }
}

TEST(RowBytes, AreDamagedWhereverTheyEndTooEarlyOrTooLate) {
  const Batch rows = all_layouts();
  const std::string bytes = row_bytes(rows, 0, rows.column_count());
  Batch copy(rows.shared_schema());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    SCOPED_TRACE(size);
    expect_damaged(copy, std::string_view(bytes).substr(0, size));
  }
  expect_damaged(copy, bytes + '\0');
}

}  // namespace
}  // namespace weir::index
