#include "process/stream_job.h"

#include <functional>
#include <thread>

#include "journal/heads.h"
#include "process/stream_fixture_test.h"

namespace weir::process {
namespace {

using std::chrono::seconds;

constexpr const char* tumble_sql =
    "SELECT window_start, window_end, k, count(*) AS n, sum(v) AS s, max(v) AS high "
    "FROM tumble(events, t, INTERVAL 10 SECOND) GROUP BY ALL";
// The same over a table.
constexpr const char* tumble_rows =
    "SELECT time_bucket(INTERVAL 10 SECOND, t) AS a, a + INTERVAL 10 SECOND, k, count(*), sum(v), "
    "max(v) FROM events() GROUP BY ALL";

using StreamJobTest = StreamFixture;

void wait_for(const std::function<bool()>& happened) {
  while (!happened()) std::this_thread::yield();
}

TEST_F(StreamJobTest, GivesAWindowOnceTheWatermarkPassedItAndTheRestAtTheEnd) {
  const auto job = start(compiled("s", tumble_sql));
  send({{1, "a", 5}, {2, "b", {}}, {12, "a", 1}});
  settle(*job);
  EXPECT_TRUE(committed("s").rows.empty());
  send({{15, "a", 2}});
  settle(*job);
  EXPECT_EQ(committed("s").rows.size(), 2);
  send_end();
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected(tumble_rows));
  const StreamCounts counts = job->counts();
  EXPECT_EQ(counts.rows_in, 4);
  EXPECT_EQ(counts.rows_out, 3);
  EXPECT_FALSE(counts.failure);
  EXPECT_GE(counts.through, Position{50});
}

TEST_F(StreamJobTest, ListsALateRowOnceAndLeavesItOut) {
  const auto job =
      start(compiled("s",
                     "SELECT window_start, k, count(*) AS n FROM hop(events, t, INTERVAL 5 SECOND, "
                     "INTERVAL 10 SECOND) GROUP BY ALL"));
  send({{1, "a", 5}, {30, "a", 1}, {2, "b", 7}, {24, "c", 8}});
  send_end();
  settle(*job);
  const Committed all = committed("s");
  EXPECT_EQ(all.late.size(), 2);
  EXPECT_EQ(job->counts().late, 2);
  // "a" twice in two windows each, and "c" in the window that is still open.
  EXPECT_EQ(all.rows.size(), 5);
}

TEST_F(StreamJobTest, SetsPoisonRowsAsideWithTheirReason) {
  const auto job = start(compiled("s", "SELECT t, CAST(k AS INTEGER) AS number FROM events"));
  send({{1, "7", 5}, {2, "seven", 6}, {3, "8", 7}});
  settle(*job);
  const Committed all = committed("s");
  EXPECT_EQ(all.rows.size(), 2);
  ASSERT_EQ(all.poison.size(), 1);
  EXPECT_NE(all.poison[0].find("Could not convert string 'seven'"), std::string::npos);
  EXPECT_NE(all.poison[0].find(R"("k":"seven")"), std::string::npos);
  EXPECT_EQ(job->counts().quarantined, 1);
}

TEST_F(StreamJobTest, TakesEventsOfAnOlderSchemaWithNullInTheNewColumn) {
  auto older = std::make_shared<const Schema>(
      Schema{{events_schema_->columns[1], events_schema_->columns[0]}});
  auto rows = std::make_shared<Batch>(older);
  rows->column(0).append_string("a");
  rows->column(1).append(std::int64_t{1});
  ASSERT_TRUE(journal_
                  .append_and_wait({{.topic = "events",
                                     .head = journal::encode(journal::EventsHead{}),
                                     .batches = {rows}}})
                  .ok());
  const auto job = start(compiled("s", "SELECT t, k, v FROM events"));
  settle(*job);
  const auto batch = committed("s").batches.at(0);
  EXPECT_EQ(batch->column(1).string(0), "a");
  EXPECT_TRUE(batch->column(2).is_null(0));
}

TEST_F(StreamJobTest, HoldsChangesForTheIntervalAndGivesTheirSum) {
  const auto job = start(compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true));
  send({{1, "a", 1}});
  settle(*job);
  ASSERT_EQ(commits("s"), 1);
  send({{2, "a", 1}});
  send({{3, "a", 1}, {3, "b", 1}});
  // Behind all that was sent: the rows are given out at once, as one change a key.
  settle(*job);
  const Committed all = committed("s");
  EXPECT_EQ(all.rows, expected("SELECT k, count(*) FROM events() GROUP BY k"));
  std::size_t rows = 0;
  for (const auto& batch : all.batches) rows += batch->rows();
  EXPECT_LE(rows, 1 + 3 + 2);
}

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

TEST_F(StreamJobTest, StandsStillWithASnapshotForAsLongAsItIsHeld) {
  const auto job = start(compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true));
  send({{1, "a", 1}});
  settle(*job);
  send({{2, "a", 1}});
  wait_for([&] { return job->counts().rows_in == 2; });
  job->want_hold();
  ASSERT_TRUE(job->wait_hold(in(seconds(10))));
  EXPECT_EQ(commits("s"), 2) << "what the interval held is in the snapshot's commit";
  const StreamCounts held = job->counts();
  send({{3, "b", 1}});
  EXPECT_FALSE(job->settle(journal_.end(), in(std::chrono::milliseconds(50))).ok());
  EXPECT_EQ(job->counts().rows_in, held.rows_in);
  EXPECT_EQ(job->counts().reached, held.reached);
  job->end_hold();
  settle(*job);
  EXPECT_GT(job->counts().reached, held.reached);
  EXPECT_EQ(committed("s").rows, expected("SELECT k, count(*) FROM events() GROUP BY k"));
}

TEST_F(StreamJobTest, IsNotHeldWithinAFunctionThatGoesOn) {
  const auto job = start(compiled("s",
                                  "SELECT k, levenshtein(repeat('ab', v), repeat('ba', v)) AS n "
                                  "FROM events"));
  // Where the thread looks for input and for a hold just then, it is held before the function.
  bool was_within = false;
  for (int tries = 0; !was_within && tries < 20; ++tries) {
    send({{1, "a", 3'000}});
    job->want_hold();
    was_within = !job->wait_hold(in(std::chrono::milliseconds(5)));
    EXPECT_TRUE(job->wait_hold(in(seconds(100))));
    job->end_hold();
    settle(*job);
  }
  EXPECT_TRUE(was_within);
}

TEST_F(StreamJobTest, AStreamThatStoppedForGoodIsHeldAtOnce) {
  const auto job = start(compiled("s", "SELECT t, k, v FROM events"));
  journal_.fail_at_next_commit("the disk is gone");
  send({{1, "a", 1}});
  wait_for([&] { return job->counts().failure.has_value(); });
  job->want_hold();
  EXPECT_TRUE(job->wait_hold(in(seconds(10))));
}

TEST_F(StreamJobTest, HoldsChangesForTheIntervalAfterAWaitForWhatNeverComes) {
  const auto job = start(compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true));
  send({{1, "a", 1}});
  settle(*job);
  ASSERT_EQ(commits("s"), 1);
  const auto settled =
      job->settle(Position{1'000'000'000'000'000}, std::chrono::steady_clock::now());
  ASSERT_FALSE(settled.ok());
  for (std::int64_t i = 2; i < 20; ++i) {
    send({{i, "a", 1}});
    wait_for([&] { return job->counts().rows_in == static_cast<std::uint64_t>(i); });
  }
  // The one behind the end of then is hurried, and none after it.
  EXPECT_LE(commits("s"), 2);
}

TEST_F(StreamJobTest, GivesHeldChangesOutWhenTheIntervalHasPassed) {
  StreamSpec spec = compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true);
  spec.emit_interval = seconds(1);
  const auto job = start(std::move(spec));
  send({{1, "a", 1}});
  const Position sent = journal_.end();
  clock_.advance(seconds(2));
  journal_.wait_beyond(sent, {});
  EXPECT_EQ(commits("s"), 1);
}

TEST_F(StreamJobTest, ChangesOfOpenWindowsAddUpToWhatCloseGives) {
  const std::string hop =
      "SELECT window_start, k, count(*) AS n, max(v) AS high FROM "
      "hop(events, t, INTERVAL 5 SECOND, INTERVAL 10 SECOND) GROUP BY ALL";
  const auto closing = start(compiled("closing", hop));
  const auto changing = start(compiled("changing", hop, true));
  for (std::int64_t i = 0; i < 200; ++i) {
    send({{i, i % 3 == 0 ? "a" : "b", i}, {i - i % 17, "c", i}});
    if (i % 20 == 0) settle(*changing);
  }
  send_end();
  settle(*closing);
  settle(*changing);
  EXPECT_FALSE(committed("closing").late.empty());
  EXPECT_EQ(committed("changing").rows, committed("closing").rows);
  EXPECT_EQ(committed("changing").late, committed("closing").late);
}

TEST_F(StreamJobTest, AStreamOverAStreamClosesItsWindowsToo) {
  const auto below = start(compiled("below",
                                    "SELECT window_start AS begins, k, count(*) AS n FROM "
                                    "tumble(events, t, INTERVAL 10 SECOND) GROUP BY ALL"));
  const auto above =
      start(compiled("above",
                     "SELECT window_start, k, sum(n) AS n FROM tumble(below, begins, "
                     "INTERVAL 1 MINUTE) GROUP BY ALL"));
  for (std::int64_t i = 0; i < 300; i += 3) send({{i, "a", i}, {i + 1, "b", i}});
  send_end();
  settle(*below);
  settle(*above);
  EXPECT_TRUE(committed("above").late.empty());
  EXPECT_EQ(committed("above").rows,
            expected("SELECT time_bucket(INTERVAL 1 MINUTE, t), k, count(*)::HUGEINT FROM events() "
                     "GROUP BY ALL"));
}

TEST_F(StreamJobTest, AStreamOverAStatelessStreamDecidesAsIfItReadTheSource) {
  const auto direct = start(compiled("direct", tumble_sql));
  const auto copy = start(compiled("copy", "SELECT * FROM events WHERE v >= 0"));
  StreamSpec spec = compiled("through",
                             "SELECT window_start, window_end, k, count(*) AS n, "
                             "sum(v) AS s, max(v) AS high FROM tumble(copy, t, "
                             "INTERVAL 10 SECOND) GROUP BY ALL");
  const auto through = start(std::move(spec));
  for (std::int64_t i = 0; i < 200; i += 20) {
    std::vector<Event> events;
    for (std::int64_t j = 0; j < 20; ++j) {
      events.push_back({i + j - (j % 7 == 0 ? 16 : 0), "a", j});
    }
    send(events);
  }
  send_end();
  settle(*direct);
  settle(*copy);
  settle(*through);
  EXPECT_FALSE(committed("direct").late.empty());
  EXPECT_EQ(committed("through").rows, committed("direct").rows);
  EXPECT_EQ(committed("through").late, committed("direct").late);
}

TEST_F(StreamJobTest, GroupsOverAStreamThatTakesRowsBack) {
  const auto below = start(compiled("below", "SELECT k, sum(v) AS s FROM events GROUP BY k", true));
  const auto above = start(
      compiled("above",
               "SELECT s % 3 AS rest, count(*) AS n, max(s) AS high, list(s ORDER BY s) AS all_s "
               "FROM below GROUP BY ALL",
               true));
  for (std::int64_t i = 0; i < 60; ++i) {
    send({{i, std::to_string(i % 7), i}});
    if (i % 5 == 0) settle(*below);
    if (i % 10 == 0) settle(*above);
  }
  settle(*below);
  settle(*above);
  EXPECT_EQ(committed("above").rows,
            expected("SELECT s % 3, count(*), max(s), list(s ORDER BY s) FROM "
                     "(SELECT k, sum(v) AS s FROM events() GROUP BY k) GROUP BY ALL"));
}

TEST_F(StreamJobTest, ForgetsEveryKeyThatWasSilentForItsTtlTheFirstOneToo) {
  constexpr std::int64_t hour = 3600;
  lateness_ = std::chrono::seconds(0);
  const struct {
    std::vector<Event> events;
    std::vector<std::pair<std::string, std::int64_t>> counts;  // the forgotten ones too
  } cases[] = {
      {{{10 * hour, "b", 1}, {15 * hour, "b", 1}}, {{"b", 1}, {"b", 1}}},
      {{{0, "q", 1},
        {0, "b", 1},
        {5 * hour, "z", 1},
        {5 * hour + 1800, "b", 1},
        {5 * hour + 1860, "q", 1}},
       {{"q", 1}, {"b", 1}, {"z", 1}, {"b", 1}, {"q", 1}}},
      {{{0, "q", 1}, {1800, "q", 1}, {5000, "q", 1}}, {{"q", 3}}},
  };
  int number = 0;
  for (const auto& [events, counts] : cases) {
    const std::string name = "s" + std::to_string(number++);
    const Position before = journal_.end();
    send(events);
    StreamSpec spec = compiled(name, "SELECT k, count(*) AS n FROM events GROUP BY k", true);
    spec.start = before;
    spec.state_ttl = std::chrono::hours(1);
    const auto job = start(std::move(spec));
    settle(*job);
    Rows rows;
    Batch wanted(committed(name).batches.front()->shared_schema());
    for (const auto& [key, count] : counts) {
      wanted.column(0).append_string(key);
      wanted.column(1).append(count);
      wanted.column(2).append<std::int64_t>(1);
    }
    add_rows(rows, wanted, 2);
    EXPECT_EQ(committed(name).rows, rows) << name;
  }
}

TEST_F(StreamJobTest, GivesTheSameByOneInstanceAndByFour) {
  StreamSpec four = compiled("four", tumble_sql);
  four.parallelism = 4;
  const auto one_job = start(compiled("one", tumble_sql));
  const auto four_job = start(std::move(four));
  for (std::int64_t i = 0; i < 100; ++i) {
    send({{i, std::to_string(i % 13), i}, {i - i % 20, std::to_string(i % 11), i}});
  }
  send_end();
  settle(*one_job);
  settle(*four_job);
  EXPECT_FALSE(committed("one").late.empty());
  EXPECT_EQ(committed("four"), committed("one"));
}

TEST_F(StreamJobTest, NamesTheUsersColumnInTheReasonOfARowSetAside) {
  const auto job = start(compiled("s", "SELECT t, CAST(k AS INTEGER) AS n FROM events"));
  send({{1, "x", 1}, {2, "7", 1}});
  settle(*job);
  const Committed all = committed("s");
  ASSERT_EQ(all.poison.size(), 1);
  EXPECT_NE(all.poison[0].find("source column k "), std::string::npos) << all.poison[0];
}

TEST_F(StreamJobTest, SettleGivesUpAtTheDeadline) {
  const auto job = start(compiled("s", "SELECT t, k FROM events"));
  const auto settled = job->settle(journal_.end() + 1000, std::chrono::steady_clock::now());
  ASSERT_FALSE(settled.ok());
  EXPECT_EQ(settled.error().fault, Fault::unavailable);
}

}  // namespace
}  // namespace weir::process
