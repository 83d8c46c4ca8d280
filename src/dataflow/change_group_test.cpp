#include "dataflow/change_group.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "dataflow/exchange.h"

namespace weir::dataflow {
namespace {

// key, count, average, weight
using Change = std::tuple<std::int64_t, std::int64_t, double, std::int64_t>;

std::shared_ptr<const Schema> schema(const std::vector<TypeId>& types) {
  Schema made;
  for (const TypeId id : types) {
    made.columns.push_back({"c" + std::to_string(made.columns.size()), Type{.id = id}});
  }
  return std::make_shared<Schema>(std::move(made));
}

const std::shared_ptr<const Schema> input = schema({TypeId::bigint, TypeId::integer});
const std::shared_ptr<const Schema> output =
    schema({TypeId::bigint, TypeId::bigint, TypeId::double_precision});

std::unique_ptr<ChangeGroup> make_group(std::optional<std::chrono::microseconds> ttl = {}) {
  sql::GroupNode node;
  node.input = std::make_shared<const sql::Node>(sql::Node{{}, input, false});
  node.keys = 1;
  node.aggregates = {{sql::Algebra::count, 1, {}, Type{.id = TypeId::bigint}, "count"},
                     {sql::Algebra::avg, 1, {}, Type{.id = TypeId::double_precision}, "avg"}};
  auto made = ChangeGroup::make(node, {output, ttl}, nullptr);
  EXPECT_TRUE(made.ok());
  return std::move(made).value();
}

struct In {
  std::int64_t key;
  std::int32_t value;
  std::int64_t weight;
};

struct At {
  std::int64_t watermark = journal::no_watermark;
  bool flush = true;
};

std::vector<Change> push(const std::unique_ptr<ChangeGroup>& group, const std::vector<In>& rows,
                         const At& at = {}) {
  auto batch = std::make_shared<Batch>(input);
  Chunk chunk;
  for (const In& row : rows) {
    batch->column(0).append(row.key);
    batch->column(1).append(row.value);
    chunk.weights.push_back(row.weight);
  }
  chunk.rows = batch;
  chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(rows.size(), at.watermark);
  chunk.flush = at.flush;
  Findings findings;
  const Result<Chunk> pushed = group->push(chunk, findings);
  EXPECT_TRUE(pushed.ok());
  const Chunk& out = pushed.value();
  std::vector<Change> changes;
  for (std::size_t row = 0; row < out.rows->rows(); ++row) {
    changes.emplace_back(out.rows->column(0).values<std::int64_t>()[row],
                         out.rows->column(1).values<std::int64_t>()[row],
                         out.rows->column(2).values<double>()[row], out.weights[row]);
  }
  return changes;
}

TEST(ChangeGroup, TakesBackTheOldRowAndGivesTheNew) {
  const auto group = make_group();
  EXPECT_EQ(push(group, {{1, 4, 1}, {2, 5, 1}}),
            (std::vector<Change>{{1, 1, 4.0, 1}, {2, 1, 5.0, 1}}));
  EXPECT_EQ(push(group, {{1, 7, 1}}), (std::vector<Change>{{1, 1, 4.0, -1}, {1, 2, 5.5, 1}}));
}

TEST(ChangeGroup, OnlyTakesBackAGroupWithoutRows) {
  const auto group = make_group();
  push(group, {{1, 4, 1}});
  EXPECT_EQ(push(group, {{1, 4, -1}}), (std::vector<Change>{{1, 1, 4.0, -1}}));
  EXPECT_EQ(push(group, {{1, 9, 1}}), (std::vector<Change>{{1, 1, 9.0, 1}}));
}

TEST(ChangeGroup, IsSilentWhereNothingChanged) {
  const auto group = make_group();
  push(group, {{1, 4, 1}});
  EXPECT_TRUE(push(group, {{1, 8, 1}, {1, 8, -1}}).empty());
}

TEST(ChangeGroup, BeginsAForgottenGroupAnewByARowThatTakesBackWhatItForgot) {
  const auto group = make_group(std::chrono::microseconds(10));
  push(group, {{1, 4, 1}}, {.watermark = 0});
  EXPECT_TRUE(push(group, {{1, 4, -1}}, {.watermark = 20}).empty());
  EXPECT_EQ(push(group, {{1, 9, 1}}, {.watermark = 20}), (std::vector<Change>{{1, 1, 9.0, 1}}));
}

TEST(ChangeGroup, GivesAForgottenGroupsLastRowWheneverItIsAsked) {
  for (const bool flushed_between : {true, false}) {
    const auto group = make_group(std::chrono::microseconds(10));
    std::map<std::tuple<std::int64_t, std::int64_t, double>, std::int64_t> sum;
    const auto add = [&](const std::vector<In>& rows, const At& at) {
      for (const auto& [key, count, average, weight] : push(group, rows, at)) {
        sum[{key, count, average}] += weight;
      }
    };
    add({{1, 4, 1}, {2, 4, 1}}, {.watermark = 0});
    add({{1, 6, 1}}, {.watermark = 1, .flush = flushed_between});
    add({{1, 8, 1}, {3, 1, 1}}, {.watermark = 20, .flush = flushed_between});
    add({{1, 9, 1}}, {.watermark = 40});
    std::erase_if(sum, [](const auto& row) { return row.second == 0; });
    EXPECT_EQ(sum, (decltype(sum){{{1, 2, 5.0}, 1},
                                  {{1, 1, 8.0}, 1},
                                  {{1, 1, 9.0}, 1},
                                  {{2, 1, 4.0}, 1},
                                  {{3, 1, 1.0}, 1}}))
        << flushed_between;
  }
}

TEST(ChangeGroup, RefusesAStateThatDoesNotEndWhereItsOwnDoes) {
  const sql::GroupNode node = [] {
    sql::GroupNode made;
    made.keys = 1;
    return made;
  }();
  const auto exchange = [&] {
    std::vector<std::unique_ptr<Operator>> instances;
    instances.push_back(make_group());
    return Exchange(node, std::move(instances));
  };
  const auto group = make_group();
  push(group, {{1, 4, 1}, {2, 5, 1}});
  StateWriter saved;
  group->save(saved);
  const std::string& good = saved.bytes();
  const auto load = [&](const std::string& instance) {
    StateWriter state;
    state.number<std::int64_t>(0);
    state.number(journal::no_watermark);
    state.number<std::uint64_t>(1);
    state.text(instance);
    StateReader reader(state.bytes());
    return exchange().load(reader, [](std::string_view) { return true; });
  };
  EXPECT_TRUE(load(good).ok());
  for (const std::string& wrong :
       {good + "x", good.substr(0, good.size() - 1), good.substr(0, 20), std::string()}) {
    const Result<void> loaded = load(wrong);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().fault, Fault::corrupt);
    EXPECT_EQ(loaded.error().message, "the stored state has another form than the stream's plan");
  }
}

}  // namespace
}  // namespace weir::dataflow
