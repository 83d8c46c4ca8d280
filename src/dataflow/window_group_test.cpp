#include "dataflow/window_group.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <set>
#include <tuple>

#include "dataflow/exchange.h"
#include "journal/source_watermark.h"

namespace weir::dataflow {
namespace {

using std::chrono::microseconds;

struct Event {
  std::int64_t time;
  std::string key;
  std::int64_t value;
};

struct Windows {
  std::int64_t size, slide, shift;
};

// end, start, key, count, sum, min, max
using Row = std::tuple<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t,
                       std::int64_t, std::int64_t>;

struct Outcome {
  std::multiset<Row> rows;
  std::vector<std::uint32_t> late;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

constexpr std::int64_t lateness = 20;

Type type(TypeId id) { return {.id = id}; }

std::shared_ptr<const Schema> input_schema() {
  return std::make_shared<Schema>(Schema{{{"window_start", type(TypeId::timestamp)},
                                          {"window_end", type(TypeId::timestamp)},
                                          {"key", type(TypeId::varchar)},
                                          {"value", type(TypeId::bigint)}}});
}

std::shared_ptr<const Schema> output_schema() {
  return std::make_shared<Schema>(Schema{{{"window_start", type(TypeId::timestamp)},
                                          {"window_end", type(TypeId::timestamp)},
                                          {"key", type(TypeId::varchar)},
                                          {"n", type(TypeId::bigint)},
                                          {"s", type(TypeId::hugeint)},
                                          {"low", type(TypeId::bigint)},
                                          {"high", type(TypeId::bigint)}}});
}

sql::GroupNode group_node(const Windows& windows) {
  sql::GroupNode group;
  group.input = std::make_shared<const sql::Node>(sql::Node{{}, input_schema()});
  group.keys = 3;
  group.aggregates = {{sql::Algebra::count_rows, {}, {}, type(TypeId::bigint), "count"},
                      {sql::Algebra::sum, 3, {}, type(TypeId::hugeint), "sum"},
                      {sql::Algebra::min, 3, {}, type(TypeId::bigint), "min"},
                      {sql::Algebra::max, 3, {}, type(TypeId::bigint), "max"}};
  group.window = sql::WindowSpec{.start_key = 0, .end_key = 1};
  if (windows.size != windows.slide) {
    group.window->hop = {microseconds(windows.size), microseconds(windows.slide),
                         microseconds(windows.slide), microseconds(windows.shift)};
  }
  return group;
}

std::int64_t floor_of(std::int64_t time, const Windows& windows) {
  std::int64_t start = windows.shift;
  while (start > time) start -= windows.slide;
  while (start + windows.slide <= time) start += windows.slide;
  return start;
}

std::shared_ptr<Batch> batch_of(std::span<const Event> events, const Windows& windows) {
  auto batch = std::make_shared<Batch>(input_schema());
  for (const Event& event : events) {
    const std::int64_t start = floor_of(event.time, windows);
    batch->column(0).append(start);
    batch->column(1).append(start + windows.slide);
    batch->column(2).append_string(event.key);
    batch->column(3).append(event.value);
  }
  return batch;
}

void take_rows(const Batch& batch, Outcome& outcome) {
  const auto number = [&](std::size_t column, std::size_t row) {
    return batch.column(column).values<std::int64_t>()[row];
  };
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const Huge sum = batch.column(4).values<Huge>()[row];
    outcome.rows.insert({number(1, row), number(0, row), std::string(batch.column(2).string(row)),
                         number(3, row), static_cast<std::int64_t>(sum.lower), number(5, row),
                         number(6, row)});
  }
}

Exchange make_group(const sql::GroupNode& node, std::size_t parallelism) {
  std::vector<std::unique_ptr<Operator>> instances;
  for (std::size_t i = 0; i < parallelism; ++i) {
    auto made = WindowGroup::make(node, output_schema(), nullptr);
    EXPECT_TRUE(made.ok());
    instances.push_back(std::move(made).value());
  }
  return Exchange(node, std::move(instances));
}

// Batches of `rows`, by one of `instances` each.
struct Division {
  std::size_t rows;
  std::size_t instances;
};

// The operators over `events`, with "end" at the end.
Outcome run(const std::vector<Event>& events, const Windows& windows, Division division) {
  const sql::GroupNode node = group_node(windows);
  Exchange group = make_group(node, division.instances);
  journal::SourceWatermark watermark;
  Outcome outcome;
  for (std::size_t first = 0; first < events.size(); first += division.rows) {
    const auto part =
        std::span(events).subspan(first, std::min(division.rows, events.size() - first));
    Column times(type(TypeId::timestamp));
    for (const Event& event : part) times.append(event.time);
    Chunk chunk{.rows = batch_of(part, windows)};
    chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(
        watermark.follow({.lateness = lateness}, times));
    chunk.ends = first + division.rows >= events.size() && watermark.raise({});
    chunk.watermark = watermark.value();
    Findings findings;
    const Result<Chunk> closed = group.push(chunk, findings);
    EXPECT_TRUE(closed.ok());
    take_rows(*closed.value().rows, outcome);
    for (const std::uint32_t row : findings.late) {
      outcome.late.push_back(static_cast<std::uint32_t>(first) + row);
    }
  }
  return outcome;
}

// What the words of the contract say, row by row and window by window.
Outcome expected(const std::vector<Event>& events, const Windows& windows) {
  std::map<std::tuple<std::int64_t, std::string>, Row> groups;
  Outcome outcome;
  std::int64_t watermark = journal::no_watermark;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    bool late = false;
    for (std::int64_t start = floor_of(event.time, windows); start > event.time - windows.size;
         start -= windows.slide) {
      const std::int64_t end = start + windows.size;
      if (end <= watermark) {
        late = true;
        continue;
      }
      const Row fresh{end, start, event.key, 0, 0, event.value, event.value};
      Row& row = groups.try_emplace({end, event.key}, fresh).first->second;
      ++std::get<3>(row);
      std::get<4>(row) += event.value;
      std::get<5>(row) = std::min(std::get<5>(row), event.value);
      std::get<6>(row) = std::max(std::get<6>(row), event.value);
    }
    if (late) outcome.late.push_back(i);
    watermark = std::max(watermark, event.time - lateness);
  }
  for (const auto& [key, row] : groups) outcome.rows.insert(row);
  return outcome;
}

std::vector<Event> random_events(std::mt19937_64& random, std::size_t count) {
  std::vector<Event> events;
  std::int64_t now = -500;
  for (std::size_t i = 0; i < count; ++i) {
    now += static_cast<std::int64_t>(random() % 12);
    if (random() % 50 == 0) now += 200;
    events.push_back({now - static_cast<std::int64_t>(random() % 60),
                      std::string(random() % 3 * 9, 'k'),
                      static_cast<std::int64_t>(random() % 99)});
  }
  return events;
}

TEST(WindowGroup, GivesTheContractsRowsAndLateRowsWhereverBatchesEnd) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  for (const Windows& windows : {Windows{30, 30, 0}, Windows{30, 10, 0}, Windows{60, 20, 7}}) {
    for (int round = 0; round < 20; ++round) {
      const std::vector<Event> events = random_events(random, 400);
      const Outcome wanted = expected(events, windows);
      ASSERT_FALSE(wanted.late.empty());
      for (const Division division :
           {Division{1, 1}, Division{7, 1}, Division{events.size(), 1}, Division{50, 3}}) {
        ASSERT_EQ(run(events, windows, division), wanted)
            << "seed " << seed << " size " << windows.size << " slide " << windows.slide
            << " batches of " << division.rows << " by " << division.instances;
      }
    }
  }
}

TEST(WindowGroup, TakesARowForAWindowThatEndClosedAsLate) {
  const sql::GroupNode node = group_node({30, 30, 0});
  Exchange group = make_group(node, 2);
  const std::vector<Event> events = {{5, "a", 1}};
  Chunk chunk{.rows = batch_of(events, {30, 30, 0})};
  chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(1, journal::no_watermark);
  chunk.ends = true;
  Findings findings;
  const Result<Chunk> closed = group.push(chunk, findings);
  ASSERT_TRUE(closed.ok());
  EXPECT_EQ(closed.value().rows->rows(), 1);
  EXPECT_TRUE(findings.late.empty());
  // The other instance takes the other key.
  chunk.rows = batch_of(std::vector<Event>{{6, "another key", 1}}, {30, 30, 0});
  const Result<Chunk> after = group.push(chunk, findings);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after.value().rows->rows(), 0);
  EXPECT_EQ(findings.late, std::vector<std::uint32_t>{0});
}

TEST(WindowGroup, RefusesAnExtremeOverAnInputThatTakesRowsBack) {
  sql::GroupNode node = group_node({30, 30, 0});
  node.input = std::make_shared<const sql::Node>(sql::Node{{}, input_schema(), false});
  const auto made = WindowGroup::make(node, output_schema(), nullptr);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().fault, Fault::invalid);
}

// What no later window starts before, once a window of so many hours was seen and time came to 0.
std::chrono::hours room_after_a_window_of(std::chrono::hours length) {
  const std::int64_t size = microseconds(length).count();
  Exchange group = make_group(group_node({size, size, 0}), 1);
  auto rows = batch_of({}, {});
  rows->column(0).append(-size);
  rows->column(1).append(std::int64_t{0});
  rows->column(2).append_string("a");
  rows->column(3).append(std::int64_t{1});
  Chunk chunk{.rows = std::move(rows), .watermark = 0};
  chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(1, journal::no_watermark);
  Findings findings;
  const Result<Chunk> closed = group.push(chunk, findings);
  EXPECT_TRUE(closed.ok());
  return std::chrono::duration_cast<std::chrono::hours>(-microseconds(closed.value().watermark));
}

TEST(Exchange, LeavesRoomForLongerDaysAndMonths) {
  using std::chrono::hours;
  EXPECT_EQ(room_after_a_window_of(hours(1)), hours(1));
  for (const hours day : {hours(23), hours(24)}) {
    EXPECT_GE(room_after_a_window_of(day), hours(25));
  }
  EXPECT_GE(room_after_a_window_of(hours(28 * 24 - 1)), hours(31 * 24 + 1));
}

}  // namespace
}  // namespace weir::dataflow
