#include "dataflow/plain_columns.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "dataflow/key_bytes.h"
#include "engine/kernel.h"

namespace weir::dataflow {
namespace {

constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t furthest = std::int64_t{1} << 61;

std::shared_ptr<const Schema> event_schema() {
  return std::make_shared<Schema>(Schema{{{"t", parse_type("timestamp").value()},
                                          {"s", parse_type("varchar").value()},
                                          {"v", parse_type("bigint").value()},
                                          {"l", parse_type("int[]").value()}}});
}

// The kernel nearest to the source.
sql::KernelNode kernel_of(const std::string& query, const std::string& time_zone = "UTC") {
  const sql::Readable events{.name = "events", .schema = event_schema(), .event_time = "t"};
  const sql::Readable names{.name = "names",
                            .kind = sql::Readable::Kind::static_table,
                            .schema = event_schema(),
                            .event_time = {}};
  auto compiled = sql::compile(query, {events, names}, {.time_zone = time_zone});
  if (const auto* mistakes = std::get_if<1>(&compiled)) {
    ADD_FAILURE() << query << ": " << mistakes->front().message;
    return {};
  }
  sql::KernelNode found;
  const sql::Node* node = std::get<0>(compiled).root.get();
  for (; node != nullptr; node = sql::input_of(*node)) {
    if (const auto* kernel = std::get_if<sql::KernelNode>(&node->kind)) found = *kernel;
  }
  return found;
}

std::shared_ptr<const Batch> batch_of(const std::vector<std::int64_t>& times) {
  auto batch = std::make_shared<Batch>(event_schema());
  for (std::size_t row = 0; row < times.size(); ++row) {
    if (row % 11 == 3) {
      batch->column(0).append_null();
      batch->column(1).append_null();
    } else {
      batch->column(0).append(times[row]);
      batch->column(1).append_string(std::string(row % 20, 's'));
    }
    batch->column(2).append(times[row]);
    batch->column(3).child(0).append(static_cast<std::int32_t>(row));
    batch->column(3).append_list();
  }
  return batch;
}

// Within a thousand years of 1970, half of them near the one before.
std::vector<std::int64_t> times(std::mt19937& random) {
  std::uniform_int_distribution<std::int64_t> far(-31'536'000'000'000'000, 31'536'000'000'000'000);
  std::uniform_int_distribution<std::int64_t> near(-20'000'000, 20'000'000);
  std::vector<std::int64_t> times;
  std::int64_t time = 0;
  for (int i = 0; i < 500; ++i) {
    time = i % 2 == 0 ? far(random) : time + near(random);
    times.push_back(time);
  }
  times.insert(times.end(),
               {0, -1, 1, 9'999'999, 10'000'000, -10'000'000, 6'999'999, furthest, -furthest});
  return times;
}

std::string bytes_of(const Batch& rows) {
  std::string bytes;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t i = 0; i < rows.column_count(); ++i) {
      append_key_bytes(bytes, rows.column(i), row);
    }
  }
  return bytes;
}

class PlainColumnsTest : public testing::Test {
 protected:
  std::unique_ptr<engine::Kernel> prepare(const sql::KernelNode& node) {
    return engine::Kernel::prepare(database_, node.sql, event_schema()).value();
  }
  void compare(const std::string& query, const std::string& zone, unsigned seed) {
    const sql::KernelNode node = kernel_of(query, zone);
    if (node.plain.empty() && zone != std::string("UTC")) return;  // by the calendar there
    const auto kernel = prepare(node);
    std::mt19937 random(seed);
    const auto input = batch_of(times(random));
    const auto plain = PlainColumns(node.plain, kernel->output()).of(input);
    ASSERT_NE(plain, nullptr) << query;
    EXPECT_EQ(plain->schema(), *kernel->output()) << query;
    EXPECT_EQ(bytes_of(*plain), bytes_of(*kernel->run(input, {}).value().rows)) << query << zone;
  }

  std::shared_ptr<engine::Database> database_ = engine::Database::open({}).value();
};

TEST_F(PlainColumnsTest, GiveWhatTheEngineGives) {
  const std::vector<std::string> windows = {
      "tumble(events, t, INTERVAL 7 SECOND)",
      "tumble(events, t, INTERVAL 1 HOUR, shift := INTERVAL 13 MINUTE)",
      "tumble(events, t, INTERVAL 1 DAY, shift := INTERVAL '-5 hours')",
      "tumble(events, t, INTERVAL 14 DAY)",
      "hop(events, t, INTERVAL 4 SECOND, INTERVAL 10 SECOND)",
      "hop(events, t, INTERVAL 1 WEEK, INTERVAL 3 WEEK, shift := INTERVAL 1 DAY)"};
  std::vector<std::string> queries = {"SELECT * FROM events", "SELECT l, v AS w, t, s FROM events",
                                      "SELECT v FROM (SELECT v, s::INTEGER AS w FROM events)"};
  for (const std::string& window : windows) {
    queries.push_back("SELECT window_start, s, max(v) AS m FROM " + window + " GROUP BY ALL");
    queries.push_back("SELECT s, window_end, count(*) AS n FROM " + window + " GROUP BY ALL");
  }
  unsigned seed = 0;
  for (const std::string& query : queries) {
    for (const char* zone : {"UTC", "Asia/Kolkata"}) compare(query, zone, ++seed);
  }
}

TEST_F(PlainColumnsTest, LeaveTimesThatAreTooFarOffToTheEngine) {
  const auto node = kernel_of(
      "SELECT window_start, max(v) AS m FROM tumble(events, t, INTERVAL 7 SECOND) GROUP BY ALL");
  const PlainColumns plain(node.plain, prepare(node)->output());
  for (const std::int64_t time : {infinity, infinity - 1, furthest + 1}) {
    EXPECT_EQ(plain.of(batch_of({0, time})), nullptr) << time;
    EXPECT_EQ(plain.of(batch_of({0, -time})), nullptr) << -time;
  }
}

TEST_F(PlainColumnsTest, LeaveAllElseToTheEngine) {
  const std::string grouped = " GROUP BY ALL";
  const std::string of_days =
      "WITH a AS (SELECT v, window_start AS day FROM tumble(events, t, INTERVAL 1 DAY)) ";
  const std::vector<std::string> queries = {
      "SELECT * FROM events WHERE v > 0",
      of_days + "SELECT window_start, v FROM tumble(a, day, INTERVAL 1 HOUR)",
      "SELECT t, v + 1 AS w FROM events",
      "SELECT t, v::INTEGER AS w FROM events",
      "SELECT t, now() AS seen FROM events",
      "SELECT unnest(l) AS one, v FROM events",
      "SELECT window_start, v FROM hop(events, t, INTERVAL 4 SECOND, INTERVAL 10 SECOND)",
      "SELECT window_start, count(*) AS n FROM tumble(events, t, INTERVAL 1 MONTH)" + grouped,
      "SELECT window_start, count(*) AS n FROM tumble(events, t, INTERVAL 1 HOUR) WHERE v > 0" +
          grouped,
      "SELECT window_start, lower(s) AS s, count(*) AS n FROM tumble(events, t, INTERVAL 1 HOUR)" +
          grouped,
      "SELECT e.v FROM events e JOIN names n ON e.v = n.v",
      "SELECT v FROM events SEMI JOIN names USING (v)",
      "SELECT e.v FROM events e CROSS JOIN names n",
      "SELECT v, v IN (SELECT v FROM names) AS has_name FROM events"};
  for (const std::string& query : queries) EXPECT_TRUE(kernel_of(query).plain.empty()) << query;
  // Its days follow the clock, which is changed twice a year; its hours do not.
  const std::string by = "SELECT window_start, count(*) AS n FROM tumble(events, t, INTERVAL ";
  EXPECT_TRUE(kernel_of(by + "1 DAY)" + grouped, "Europe/Berlin").plain.empty());
  EXPECT_FALSE(kernel_of(by + "1 HOUR)" + grouped, "Europe/Berlin").plain.empty());
}

TEST_F(PlainColumnsTest, GiveTheBatchItselfWhereAllOfItIsWanted) {
  const auto node = kernel_of("SELECT * FROM events");
  const auto input = batch_of({1, 2, 3});
  EXPECT_EQ(PlainColumns(node.plain, prepare(node)->output()).of(input), input);
}

}  // namespace
}  // namespace weir::dataflow
