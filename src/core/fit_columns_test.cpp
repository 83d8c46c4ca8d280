#include "core/fit_columns.h"

#include <gtest/gtest.h>

#include <limits>

namespace weir {
namespace {

std::shared_ptr<const Schema> one_column(const char* type) {
  return std::make_shared<const Schema>(Schema{{{"v", parse_type(type).value()}}});
}

template <class T>
std::shared_ptr<const Batch> rows_of(const char* type, std::initializer_list<T> values) {
  auto rows = std::make_shared<Batch>(one_column(type));
  for (const T value : values) rows->column(0).append(value);
  rows->column(0).append_null();
  return rows;
}

template <class From, class To>
void expect_fitted(const char* from, std::initializer_list<From> values, const char* to,
                   std::initializer_list<To> wanted) {
  const auto fitted = fit_columns(rows_of<From>(from, values), one_column(to));
  ASSERT_TRUE(fitted.ok()) << from << " as " << to << ": " << fitted.error().message;
  const Column& column = fitted.value()->column(0);
  ASSERT_EQ(column.size(), wanted.size() + 1);
  std::size_t row = 0;
  for (const To value : wanted) {
    EXPECT_EQ(column.values<To>()[row++], value) << from << " as " << to;
  }
  EXPECT_TRUE(column.is_null(row));
}

TEST(FitColumns, ReadsStoredValuesAsAWiderType) {
  expect_fitted<std::int32_t, std::int64_t>("integer", {-7, 8}, "bigint", {-7, 8});
  expect_fitted<std::uint8_t, std::int16_t>("utinyint", {255}, "smallint", {255});
  expect_fitted<std::int64_t, Huge>("bigint", {-1, 5}, "hugeint",
                                    {{std::numeric_limits<std::uint64_t>::max(), -1}, {5, 0}});
  expect_fitted<float, double>("float", {1.5F}, "double", {1.5});
  expect_fitted<std::int32_t, std::int64_t>("date", {1, -1}, "timestamp",
                                            {86'400'000'000, -86'400'000'000});
}

TEST(FitColumns, RefusesATypeThatDoesNotHoldAllValues) {
  for (const auto& [from, to] :
       std::initializer_list<std::pair<const char*, const char*>>{{"bigint", "integer"},
                                                                  {"tinyint", "ubigint"},
                                                                  {"ubigint", "bigint"},
                                                                  {"bigint", "double"},
                                                                  {"integer", "varchar"},
                                                                  {"timestamp", "date"}}) {
    const auto fitted = fit_columns(std::make_shared<Batch>(one_column(from)), one_column(to));
    ASSERT_FALSE(fitted.ok()) << from << " as " << to;
    EXPECT_EQ(fitted.error().fault, Fault::conflict);
  }
}

}  // namespace
}  // namespace weir
