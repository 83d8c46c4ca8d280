#include "index/choice.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::index {
namespace {

// Columns: 0 event_time, 1 user_id, 2 kind.
IndexedTable user_log(Order key) {
  const auto schema =
      std::make_shared<const Schema>(Schema{{{"event_time", {.id = TypeId::timestamp}},
                                             {"user_id", {.id = TypeId::bigint}},
                                             {"kind", {.id = TypeId::varchar}}}});
  return {.name = "user_log", .schema = schema, .key = std::move(key), .orders = {{0}, {1, 0}}};
}

Condition equal(std::size_t column) { return {column, Comparison::equal, {"\1v"}}; }
Condition one_of(std::size_t column, std::vector<std::string> values) {
  return {column, Comparison::in, std::move(values)};
}
Condition from(std::size_t column) { return {column, Comparison::greater_or_equal, {"\1v"}}; }

struct Case {
  const char* name;
  Order key;
  RowQuery query;
  std::string chosen;  // "columns, how many held, in order or sorted"
};

std::string words_of(const std::optional<Choice>& choice) {
  if (!choice) return "none";
  std::string words;
  for (const std::size_t column : choice->columns) words += std::to_string(column);
  return words + ", " + std::to_string(choice->bound_columns()) + ", " +
         (choice->gives_order ? "in order" : "sorted");
}

TEST(Choice, TheOrderThatHoldsMostColumnsIsChosen) {
  const std::vector<Case> cases = {
      {"nothing is asked", {}, {}, "none"},
      {"a column of no order", {}, {{equal(2)}}, "none"},
      {"the second column alone", {}, {{from(0)}, {{1}}}, "0, 1, sorted"},
      {"one value", {}, {{equal(1)}}, "10, 1, sorted"},
      {"one value, by time", {}, {{equal(1)}, {{0}}}, "10, 1, in order"},
      {"one value, latest first", {}, {{equal(1)}, {{0, true}}}, "10, 1, sorted"},
      {"a value and a range", {}, {{from(0), equal(1)}}, "10, 2, sorted"},
      {"values before a range", {}, {{from(0), one_of(1, {"\1a", "\1b"})}}, "10, 1, sorted"},
      {"values alone before a range",
       {2},
       {{one_of(2, {"\1a", "\1b"}), from(0)}},
       "2, 1, in order"},
      {"values before a range that gives the order",
       {2},
       {{one_of(2, {"\1a", "\1b"}), from(0)}, {{0}}},
       "2, 1, sorted"},
      {"few values before many",
       {2},
       {{one_of(0, {"\1a", "\1b", "\1c"}), one_of(2, {"\1a", "\1b"})}},
       "2, 1, in order"},
      {"a value before values", {2}, {{equal(0), one_of(2, {"\1a", "\1b"})}}, "0, 1, in order"},
      {"both held", {}, {{equal(0), equal(1)}}, "10, 2, in order"},
      {"no condition, by time", {}, {{}, {{0}}}, "0, 0, in order"},
      {"not equal narrows nothing", {}, {{{1, Comparison::not_equal, {"\1v"}}}}, "none"},
      {"null is one value", {}, {{{1, Comparison::null, {}}}, {{0}}}, "10, 1, in order"},
      {"by the key", {1}, {{equal(1)}}, "1, 1, in order"},
      {"everything, by the key", {1}, {}, "1, 0, in order"},
      {"the key behind an order", {2}, {{equal(1)}}, "10, 1, sorted"},
      {"an order and the key", {2}, {{equal(1), equal(0)}}, "10, 2, in order"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(words_of(choose(user_log(one.key), one.query)), one.chosen);
  }
}

TEST(Choice, RangesEndWhereTheConditionsDo) {
  const RowQuery query{{{1, Comparison::equal, {"\1u"}},
                        {0, Comparison::greater, {"\1a"}},
                        {0, Comparison::less_or_equal, {"\1b"}},
                        {0, Comparison::less, {"\1c"}}}};
  const auto choice = choose(user_log({}), query);
  ASSERT_TRUE(choice && choice->ranges.size() == 1);
  EXPECT_EQ(choice->ranges[0].from, "\1u\1a\xff");
  EXPECT_EQ(choice->ranges[0].to, "\1u\1b\xff");
}

TEST(Choice, EachValueOfAListIsARangeOnce) {
  const RowQuery query{{{0, Comparison::in, {"\1b", "\1a", "\1b"}}}};
  const auto choice = choose(user_log({}), query);
  ASSERT_TRUE(choice && choice->ranges.size() == 2);
  EXPECT_EQ(choice->ranges[0].from, "\1a");
  EXPECT_EQ(choice->ranges[1].to, "\1b\xff");
}

}  // namespace
}  // namespace weir::index
