#include "dataflow/bag.h"

#include <gtest/gtest.h>

namespace weir::dataflow {
namespace {

TEST(Bag, keeps_the_first_of_rows_that_count_once) {
  Bag bag;
  std::string first_of_each;
  for (std::uint64_t i = 0; i < 20; ++i) append_to_bag(first_of_each, i, std::to_string(i));
  for (std::uint64_t i = 0; i < 100'000; ++i) append_to_set(bag, i, std::to_string(i % 20));
  EXPECT_TRUE(bag.rows.starts_with(first_of_each));
  EXPECT_LE(bag.rows.size(), 2 * first_of_each.size());
}

TEST(Bag, keeps_all_rows_that_differ) {
  Bag bag;
  std::string all;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    append_to_set(bag, i, std::to_string(i));
    append_to_bag(all, i, std::to_string(i));
  }
  EXPECT_EQ(bag.rows, all);
}

}  // namespace
}  // namespace weir::dataflow
