#include "process/window_group.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <set>
#include <tuple>

#include "journal/source_watermark.h"

namespace weir::process {
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
  group.input = std::make_unique<sql::Node>();
  group.input->output = input_schema();
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

// The operators over `events`, in batches of `batch_rows`, with "end" at the end.
Outcome run(const std::vector<Event>& events, const Windows& windows, std::size_t batch_rows) {
  const sql::GroupNode node = group_node(windows);
  Result<WindowGroup> made = WindowGroup::make(node);
  EXPECT_TRUE(made.ok());
  WindowGroup group = std::move(made).value();
  journal::SourceWatermark watermark{microseconds(lateness)};
  Outcome outcome;
  for (std::size_t first = 0; first < events.size(); first += batch_rows) {
    const auto part = std::span(events).subspan(first, std::min(batch_rows, events.size() - first));
    Column times(type(TypeId::timestamp));
    for (const Event& event : part) times.append(event.time);
    Chunk chunk{.rows = batch_of(part, windows)};
    chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(watermark.follow({}, times));
    Batch closed(output_schema());
    std::vector<std::uint32_t> late;
    group.push(chunk, closed, late);
    group.advance(watermark.value(), closed);
    take_rows(closed, outcome);
    for (const std::uint32_t row : late) {
      outcome.late.push_back(static_cast<std::uint32_t>(first) + row);
    }
  }
  Batch closed(output_schema());
  EXPECT_TRUE(watermark.raise({}));
  group.close_all(closed);
  take_rows(closed, outcome);
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
      for (const std::size_t batch_rows : {std::size_t{1}, std::size_t{7}, events.size()}) {
        ASSERT_EQ(run(events, windows, batch_rows), wanted)
            << "seed " << seed << " size " << windows.size << " slide " << windows.slide
            << " batches of " << batch_rows;
      }
    }
  }
}

TEST(WindowGroup, TakesARowForAWindowThatEndClosedAsLate) {
  const sql::GroupNode node = group_node({30, 30, 0});
  Result<WindowGroup> made = WindowGroup::make(node);
  ASSERT_TRUE(made.ok());
  WindowGroup group = std::move(made).value();
  const std::vector<Event> events = {{5, "a", 1}};
  Chunk chunk{.rows = batch_of(events, {30, 30, 0})};
  chunk.watermarks = std::make_shared<std::vector<std::int64_t>>(1, journal::no_watermark);
  Batch closed(output_schema());
  std::vector<std::uint32_t> late;
  group.push(chunk, closed, late);
  EXPECT_EQ(closed.rows(), 0);
  group.close_all(closed);
  EXPECT_EQ(closed.rows(), 1);
  EXPECT_TRUE(late.empty());
  group.push(chunk, closed, late);
  EXPECT_EQ(late, std::vector<std::uint32_t>{0});
  group.close_all(closed);
  EXPECT_EQ(closed.rows(), 1);
}

TEST(WindowGroup, RefusesAnExtremeOverAnInputThatTakesRowsBack) {
  const sql::GroupNode node = group_node({30, 30, 0});
  node.input->append_only = false;
  const Result<WindowGroup> made = WindowGroup::make(node);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().fault, Fault::invalid);
}

}  // namespace
}  // namespace weir::process
