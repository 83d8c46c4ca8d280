#include "dataflow/accumulator.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weir::dataflow {
namespace {

// The result of `algebra` over one column of the input.
Column result_of(sql::Algebra algebra, const Column& argument, const Type& result) {
  auto schema = std::make_shared<Schema>(Schema{{{"v", argument.type()}}});
  Batch rows(schema);
  rows.column(0).append_range(argument, 0, argument.size());
  const Result<Accumulation> made =
      Accumulation::make({algebra, 0, {}, result, "aggregate"}, *schema, false);
  EXPECT_TRUE(made.ok());
  Accumulator accumulator;
  std::vector<Addition> additions;
  for (std::uint32_t row = 0; row < rows.rows(); ++row) additions.push_back({&accumulator, row});
  made.value().add(rows, additions, 0);
  Column column(result);
  made.value().append_result(column, accumulator);
  return column;
}

const Type real{.id = TypeId::double_precision};

TEST(Accumulation, IsNullOverNothingButNulls) {
  Column nulls(Type{.id = TypeId::bigint});
  nulls.append_null();
  const Type huge{.id = TypeId::hugeint};
  EXPECT_TRUE(result_of(sql::Algebra::sum, nulls, huge).is_null(0));
  EXPECT_TRUE(result_of(sql::Algebra::avg, nulls, real).is_null(0));
  EXPECT_TRUE(result_of(sql::Algebra::min, nulls, nulls.type()).is_null(0));
  EXPECT_EQ(result_of(sql::Algebra::count, nulls, {.id = TypeId::bigint}).values<std::int64_t>()[0],
            0);
}

TEST(Accumulation, TakesNanForTheLargestNumber) {
  Column values(real);
  for (const double value : {1.0, std::nan(""), 2.0}) values.append(value);
  EXPECT_EQ(result_of(sql::Algebra::min, values, real).values<double>()[0], 1.0);
  EXPECT_TRUE(std::isnan(result_of(sql::Algebra::max, values, real).values<double>()[0]));
}

TEST(Accumulation, SumsDoublesWithoutLosingTheSmallOnes) {
  Column values(real);
  for (const double value : {1e100, 1.0, -1e100}) values.append(value);
  EXPECT_EQ(result_of(sql::Algebra::sum, values, real).values<double>()[0], 1.0);
}

TEST(Accumulation, AveragesDecimalsByTheirPoint) {
  Column values(Type{.id = TypeId::decimal, .width = 9, .scale = 2});
  for (const std::int32_t value : {150, 250}) values.append(value);
  EXPECT_EQ(result_of(sql::Algebra::avg, values, real).values<double>()[0], 2.0);
}

TEST(Accumulation, ComparesStringsOfAnyLengthByTheirBytes) {
  Column values(Type{.id = TypeId::varchar});
  for (const char* text : {"b", "a longer one than fits", "\xc3\xa9"}) values.append_string(text);
  EXPECT_EQ(result_of(sql::Algebra::min, values, values.type()).string(0),
            "a longer one than fits");
  EXPECT_EQ(result_of(sql::Algebra::max, values, values.type()).string(0), "\xc3\xa9");
}

}  // namespace
}  // namespace weir::dataflow
