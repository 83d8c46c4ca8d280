#include "dataflow/plain_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
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

// The kernel nearest to the source, or the one above the group.
sql::KernelNode kernel_of(const std::string& query, const std::string& time_zone = "UTC",
                          bool above_group = false) {
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
    if (above_group && std::holds_alternative<sql::CloseNode>(node->kind)) break;
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
    for (std::size_t i = 0; i < row % 4; ++i) {
      batch->column(3).child(0).append(static_cast<std::int32_t>(row * 10 + i));
    }
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

// Each row with its origin.
std::vector<std::string> rows_of(const engine::KernelOutput& output) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < output.origin.size(); ++row) {
    std::string bytes = std::to_string(output.origin[row]) + " ";
    for (std::size_t i = 0; i < output.rows->column_count(); ++i) {
      append_key_bytes(bytes, output.rows->column(i), row);
    }
    rows.push_back(std::move(bytes));
  }
  return rows;
}

class PlainKernel : public testing::Test {
 protected:
  PlainKernel() {
    const auto connection = database_->connect().value();
    const auto made = connection->run(
        "CREATE TABLE names (t TIMESTAMP, s VARCHAR, v BIGINT, l INTEGER[]);"
        "INSERT INTO names VALUES ('2020-01-01', 'none', 0, []), (NULL, 'one', 1, [1])");
    EXPECT_TRUE(made.ok());
  }

  // The kernel gives what its SQL gives.
  void compare(const sql::KernelNode& node, const std::shared_ptr<const Batch>& input) {
    auto whole = engine::Kernel::prepare(database_, node.sql, node.input->output).value();
    auto kernel = prepare_kernel(node, database_).value();
    const engine::KernelOutput wanted = whole->run(input, {}).value();
    const engine::KernelOutput given = kernel->run(input, {}).value();
    EXPECT_EQ(given.rows->schema(), wanted.rows->schema());
    EXPECT_EQ(given.origin, wanted.origin);
    std::vector<std::string> given_rows = rows_of(given);
    std::vector<std::string> wanted_rows = rows_of(wanted);
    if (!node.tables.empty()) {  // a join gives partners in any order
      std::ranges::sort(given_rows);
      std::ranges::sort(wanted_rows);
    }
    EXPECT_EQ(given_rows, wanted_rows);
  }
  void compare(const std::string& query, const std::string& zone = "UTC") {
    SCOPED_TRACE(query + " in " + zone);
    std::mt19937 random(static_cast<unsigned>(query.size()));
    compare(kernel_of(query, zone), batch_of(times(random)));
  }

  std::shared_ptr<engine::Database> database_ = engine::Database::open({}).value();
};

const std::vector<std::string> plain_windows = {
    "tumble(events, t, INTERVAL 7 SECOND)",
    "tumble(events, t, INTERVAL 1 HOUR, shift := INTERVAL 13 MINUTE)",
    "tumble(events, t, INTERVAL 1 DAY, shift := INTERVAL '-5 hours')",
    "tumble(events, t, INTERVAL 14 DAY)",
    "hop(events, t, INTERVAL 4 SECOND, INTERVAL 10 SECOND)",
    "hop(events, t, INTERVAL 1 WEEK, INTERVAL 3 WEEK, shift := INTERVAL 1 DAY)"};

TEST_F(PlainKernel, NeedsNoEngine) {
  std::vector<std::string> queries = {"SELECT * FROM events", "SELECT l, v AS w, t, s FROM events",
                                      "SELECT v FROM (SELECT v, s::INTEGER AS w FROM events)"};
  for (const std::string& window : plain_windows) {
    queries.push_back("SELECT window_start, s, max(v) AS m FROM " + window + " GROUP BY ALL");
    queries.push_back("SELECT s, window_end, count(*) AS n FROM " + window + " GROUP BY ALL");
  }
  for (const std::string& query : queries) {
    const sql::KernelNode node = kernel_of(query);
    EXPECT_FALSE(node.plain.empty()) << query;
    EXPECT_TRUE(node.rest_sql.empty()) << node.rest_sql;
    compare(query);
    compare(query, "Asia/Kolkata");
  }
}

TEST_F(PlainKernel, LeavesTheEngineTheRest) {
  const std::string of_days =
      "WITH a AS (SELECT v, window_start AS day FROM tumble(events, t, INTERVAL 1 DAY)) ";
  std::vector<std::string> queries = {
      "SELECT * FROM events WHERE v > 0",
      "SELECT * FROM events WHERE v > 0 AND v < 0",
      "SELECT t, v + 1 AS w, s FROM events",
      "SELECT t, v::DOUBLE AS w FROM events",
      "SELECT t, now() AS seen FROM events",
      "SELECT unnest(l) AS one, v, s FROM events",
      "SELECT window_start, v, s FROM hop(events, t, INTERVAL 1 DAY, INTERVAL 2 DAY)",
      "SELECT window_start, s, count(*) AS n FROM tumble(events, t, INTERVAL 1 MONTH) GROUP BY ALL",
      of_days + "SELECT window_start, v FROM tumble(a, day, INTERVAL 1 HOUR)",
      "SELECT e.v, n.s AS name, e.s FROM events e JOIN names n ON e.v = n.v",
      "SELECT e.v, n.s AS name FROM events e LEFT JOIN names n ON e.v = n.v",
      "SELECT v, s FROM events SEMI JOIN names USING (v)",
      "SELECT v, s FROM events ANTI JOIN names USING (v)",
      "SELECT e.v, n.v AS w FROM events e CROSS JOIN names n",
      "SELECT n.s AS name, e.s, e.v FROM names n JOIN events e ON e.v = n.v",
      "SELECT n.s AS name, e.s, e.v FROM names n RIGHT JOIN events e ON e.v = n.v",
      "SELECT e.v, n.v AS _row FROM events e JOIN names n ON e.v = n.v",
      "SELECT v, v IN (SELECT v FROM names) AS has_name FROM events"};
  for (const std::string& window : plain_windows) {
    queries.push_back("SELECT window_start, lower(s) AS s, sum(v + 1) AS n FROM " + window +
                      " WHERE v % 2 = 0 GROUP BY ALL");
  }
  for (const std::string& query : queries) {
    const sql::KernelNode node = kernel_of(query);
    EXPECT_FALSE(node.plain.empty()) << query;
    EXPECT_FALSE(node.rest_sql.empty()) << query;
    compare(query);
    compare(query, "Asia/Kolkata");
  }
}

TEST_F(PlainKernel, AsksForTimesThatAreTooFarOff) {
  const sql::KernelNode node = kernel_of(
      "SELECT window_start, max(v) AS m FROM tumble(events, t, INTERVAL 7 SECOND) GROUP BY ALL");
  const sql::KernelNode filtered = kernel_of(
      "SELECT window_start, lower(s) AS s, unnest(l) AS one FROM "
      "tumble(events, t, INTERVAL 7 SECOND) WHERE v <> 5");
  for (const std::int64_t time : {infinity, furthest + 1}) {
    compare(node, batch_of({0, time, -time}));
    compare(filtered, batch_of({0, time, -time}));
  }
  // The engine itself has no window there.
  for (const sql::KernelNode* windowed : {&node, &filtered}) {
    auto kernel = prepare_kernel(*windowed, database_).value();
    EXPECT_FALSE(kernel->run(batch_of({-infinity + 1}), {}).ok());  // nor an element to unnest
  }
}

TEST_F(PlainKernel, TakesAGroupsColumnsAsTheyAre) {
  const sql::KernelNode node = kernel_of(
      "SELECT s, window_start, n + 1 AS m, n FROM (SELECT s, window_start, count(*) AS n FROM "
      "tumble(events, t, INTERVAL 7 SECOND) GROUP BY ALL) WHERE n > 1",
      "UTC", true);
  auto rows = std::make_shared<Batch>(node.input->output);
  ASSERT_EQ(rows->column_count(), 4u) << "s, window_start, the end that is hidden, n";
  for (std::int64_t row = 0; row < 5; ++row) {
    rows->column(0).append_string("s" + std::to_string(row));
    for (std::int64_t i = 1; i < 4; ++i) rows->column(static_cast<std::size_t>(i)).append(row * i);
  }
  compare(node, rows);
}

// Its days follow the clock, which is changed twice a year; its hours do not.
TEST_F(PlainKernel, KnowsNoWindowsOfTheCalendar) {
  const std::string by = "SELECT window_start, count(*) AS n FROM tumble(events, t, INTERVAL ";
  EXPECT_TRUE(kernel_of(by + "1 DAY) GROUP BY ALL", "Europe/Berlin").plain.empty());
  EXPECT_FALSE(kernel_of(by + "1 HOUR) GROUP BY ALL", "Europe/Berlin").plain.empty());
}

TEST_F(PlainKernel, GivesTheBatchItselfWhereAllOfItIsWanted) {
  auto kernel = prepare_kernel(kernel_of("SELECT * FROM events"), database_).value();
  const auto input = batch_of({1, 2, 3});
  EXPECT_EQ(kernel->run(input, {}).value().rows, input);
}

TEST_F(PlainKernel, FailsWhereTheEngineFails) {
  auto kernel =
      prepare_kernel(kernel_of("SELECT v, s::INTEGER AS number FROM events"), database_).value();
  const auto output = kernel->run(batch_of({1, 2}), {});
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().fault, Fault::invalid);
}

}  // namespace
}  // namespace weir::dataflow
