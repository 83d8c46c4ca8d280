#include "process/stream_fixture_test.h"

namespace weir::process {
namespace {

using StreamBag = StreamFixture;

constexpr auto aggregates = {
    "median(v)",
    "quantile_cont(v, 0.25)",
    "quantile_disc(v, [0.1, 0.9])",
    "list(v ORDER BY v DESC, t)",
    "string_agg(k || v, ',' ORDER BY v, t)",
    "arg_max(t, v * 1000 + epoch(t))",
    "count(DISTINCT v)",
    "sum(DISTINCT v)",
    "count(DISTINCT v % 3)",
    "avg(DISTINCT v % 5) FILTER (WHERE v % 2 = 0)",
    "list(DISTINCT v // 4)",
    "approx_count_distinct(v % 7)",
    "mode(v // 1000)",
    "stddev_samp(v)",
    "first(v ORDER BY t, v)",
    "bool_and(v > 3)",
    "approx_count_distinct(v)",
    "median(v) FILTER (WHERE v % 2 = 0)",
    "histogram(v % 3)",
    "max(t - TIMESTAMP '2000-01-01')",
};

TEST_F(StreamBag, GivesWhatDuckdbGivesOverAllRows) {
  for (std::int64_t i = 0; i < 40; ++i) {
    std::vector<Event> events;
    for (std::int64_t j = 0; j < 10; ++j) {
      const std::int64_t n = i * 10 + j;
      events.push_back({n - n * 7 % 5, std::string(1, static_cast<char>('a' + n % 3)),
                        n % 11 == 0 ? std::nullopt : std::optional(n * 31 % 17)});
    }
    send(events);
  }
  send_end();
  int number = 0;
  for (const char* aggregate : aggregates) {
    // An aggregate that runs along stands beside it.
    const std::string list = std::string("sum(v) AS s, ") + aggregate + " AS x, count(*) AS n";
    const std::string suffix = std::to_string(number++);
    const auto tumble = start(compiled(
        "tumble" + suffix, "SELECT window_start, k, " + list +
                               " FROM tumble(events, t, INTERVAL 30 SECOND) GROUP BY ALL"));
    const auto hop =
        start(compiled("hop" + suffix, "SELECT window_start, k, " + list +
                                           " FROM hop(events, t, INTERVAL 10 "
                                           "SECOND, INTERVAL 30 SECOND) GROUP BY ALL"));
    const auto changes =
        start(compiled("changes" + suffix, "SELECT k, " + list + " FROM events GROUP BY k", true));
    settle(*tumble);
    settle(*hop);
    settle(*changes);
    EXPECT_EQ(committed("tumble" + suffix).rows,
              expected("SELECT time_bucket(INTERVAL 30 SECOND, t), k, " + list +
                       " FROM events() GROUP BY ALL"))
        << aggregate;
    EXPECT_EQ(committed("hop" + suffix).rows,
              expected("SELECT time_bucket(INTERVAL 10 SECOND, t) - to_seconds(10 * b), k, " +
                       list + " FROM events(), range(3) AS r(b) GROUP BY ALL"))
        << aggregate;
    EXPECT_EQ(committed("changes" + suffix).rows,
              expected("SELECT k, " + list + " FROM events() GROUP BY k"))
        << aggregate;
  }
}

TEST_F(StreamBag, KeepsEqualArgumentsOnceWhereTheyCountOnce) {
  const auto job = start(compiled("s",
                                  "SELECT k, count(DISTINCT v) AS d, "
                                  "approx_count_distinct(v) FILTER (WHERE v > 1) AS a, "
                                  "sum(epoch(t)) AS s, count(*) AS n FROM events GROUP BY k",
                                  true));
  for (std::int64_t i = 0; i < 20; ++i) {
    std::vector<Event> events;
    for (std::int64_t j = i * 1000; j < (i + 1) * 1000; ++j) {
      events.push_back({j, std::string(1, static_cast<char>('a' + j % 3)), j % 4});
    }
    send(events);
    settle(*job);
  }
  EXPECT_EQ(committed("s").rows,
            expected("SELECT k, count(DISTINCT v), approx_count_distinct(v) FILTER (WHERE v > 1), "
                     "sum(epoch(t)), count(*) FROM events() GROUP BY k"));
  job->want_hold();
  ASSERT_TRUE(job->wait_hold(std::chrono::steady_clock::now() + std::chrono::seconds(30)));
  for (const auto& file : std::filesystem::directory_iterator(folder_of("s"))) {
    EXPECT_LT(file.file_size(), 10'000) << file.path();
  }
}

// A minute apart, of one window.
constexpr auto over_now = {
    "list(now())",
    "count(DISTINCT now())",
    "arg_max(v, now())",
    "string_agg(k, '_now' ORDER BY now() DESC)",
};

TEST_F(StreamBag, ReadsTheTimeOfAcceptanceOfEachRow) {
  const auto accept = [&](std::int64_t value) {
    journal_.accept_at(Instant(std::chrono::minutes(value)));
    send({{value, "a", value}});
  };
  for (const std::int64_t value : {1, 2, 3}) accept(value);
  send_end();
  const std::string accepted = "make_timestamptz(v * 60000000)";
  int number = 0;
  for (const std::string aggregate : over_now) {
    const std::string name = "s" + std::to_string(number++);
    const auto job = start(compiled(name, "SELECT window_start, " + aggregate +
                                              " AS x FROM tumble(events, t, INTERVAL 10 SECOND) "
                                              "GROUP BY ALL"));
    settle(*job);
    std::string wanted = aggregate;
    wanted.replace(wanted.find("now()"), 5, accepted);
    EXPECT_EQ(committed(name).rows, expected("SELECT time_bucket(INTERVAL 10 SECOND, t), " +
                                             wanted + " FROM events() GROUP BY ALL"))
        << aggregate;
  }
}

TEST_F(StreamBag, SetsAGroupThatItsAggregateFailsOnAside) {
  const auto job = start(
      compiled("s",
               "SELECT window_start, k, count(*) AS n, "
               "sum(DISTINCT CAST(170141183460469231731687303715884105727 AS HUGEINT) - v) AS x "
               "FROM tumble(events, t, INTERVAL 10 SECOND) GROUP BY ALL"));
  send({{1, "a", 1}, {2, "b", 1}, {3, "a", 2}, {4, "c", 1}});
  send_end();
  settle(*job);
  const Committed all = committed("s");
  EXPECT_EQ(all.rows.size(), 2);
  ASSERT_EQ(all.poison.size(), 1);
  EXPECT_NE(all.poison[0].find(R"("k":"a")"), std::string::npos) << all.poison[0];
}

}  // namespace
}  // namespace weir::process
