#include "index/order_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace weir::index {
namespace {

std::string bytes_of(const Column& column, std::size_t row) {
  std::string bytes;
  append_order_bytes(bytes, column, row);
  return bytes;
}

// The values must be given in the order in which SQL sorts them, all different.
template <class T>
void expect_order(const Type& type, const std::vector<T>& values) {
  Column column(type);
  for (const T& value : values) {
    if constexpr (std::is_same_v<T, std::string>) {
      column.append_string(value);
    } else {
      column.append(value);
    }
  }
  column.append_null();
  for (std::size_t row = 1; row < column.size(); ++row) {
    // Whatever follows in a longer key.
    EXPECT_LT(bytes_of(column, row - 1) + "\xff", bytes_of(column, row)) << row;
    std::string both = bytes_of(column, row - 1) + bytes_of(column, row);
    std::string_view rest = both;
    EXPECT_EQ(take_order_bytes(rest, type), bytes_of(column, row - 1));
    EXPECT_EQ(rest, bytes_of(column, row));
  }
}

TEST(OrderBytes, NumbersStandInTheirOrderAndNullIsLast) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  expect_order<std::int8_t>({.id = TypeId::tinyint}, {-128, -1, 0, 1, 127});
  expect_order<std::int32_t>({.id = TypeId::date}, {-800'000, -1, 0, 19'000});
  expect_order<std::int64_t>({.id = TypeId::timestamp}, {least, -256, -255, -1, 0, 255, 256, most});
  expect_order<std::uint16_t>({.id = TypeId::usmallint}, {0, 1, 255, 256, 65'535});
  expect_order<std::int16_t>({.id = TypeId::decimal, .width = 4, .scale = 2}, {-9999, 0, 9999});
  expect_order<Huge>({.id = TypeId::hugeint},
                     {{5, least}, {0, -1}, {7, -1}, {0, 0}, {1, 0}, {0, 9}});
  expect_order<Huge>({.id = TypeId::uhugeint}, {{0, 0}, {1, 0}, {0, 9}, {0, least}, {1, -1}});
  expect_order<bool>({.id = TypeId::boolean}, {false, true});
}

TEST(OrderBytes, FloatsStandInTheirOrderWithNaNBehindInfinity) {
  const double huge = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_order<double>({.id = TypeId::double_precision},
                       {-huge, -1e300, -1.5, -1e-300, 0, 1e-300, 1.5, 1e300, huge, nan});
  expect_order<float>({.id = TypeId::real}, {-2.5F, -0.5F, 0, 0.5F, 2.5F});
}

TEST(OrderBytes, BothZerosAreOneAndSoIsEveryNaN) {
  Column column({.id = TypeId::double_precision});
  for (const double value : {0.0, -0.0, std::nan("1"), -std::nan("2")}) column.append(value);
  EXPECT_EQ(bytes_of(column, 0), bytes_of(column, 1));
  EXPECT_EQ(bytes_of(column, 2), bytes_of(column, 3));
}

TEST(OrderBytes, RandomTextsStandInTheOrderOfTheirBytes) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) {
    std::string& text = texts.emplace_back();
    const auto length = random() % 20;
    // Few different bytes, those among them that the encoding itself uses.
    for (unsigned at = 0; at < length; ++at)
      text +=
          "\x00\x01\x02\xff"
          "ab"[random() % 6];
  }
  std::ranges::sort(texts, [](const std::string& a, const std::string& b) {
    return std::ranges::lexicographical_compare(
        a, b, {}, [](char c) { return static_cast<unsigned char>(c); },
        [](char c) { return static_cast<unsigned char>(c); });
  });
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  expect_order<std::string>({.id = TypeId::varchar}, texts);
}

}  // namespace
}  // namespace weir::index
