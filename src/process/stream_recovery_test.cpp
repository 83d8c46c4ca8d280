#include <atomic>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "journal/heads.h"
#include "process/snapshot.h"
#include "process/stream_fixture_test.h"

namespace weir::process {
namespace {

namespace fs = std::filesystem;

using StreamRecovery = StreamFixture;

constexpr const char* count_sql = "SELECT k, count(*) AS n FROM events GROUP BY k";

struct Case {
  const char* sql;
  bool emit_changes;
};

const std::vector<Case> cases = {
    {"SELECT t, k, v * 2 AS w FROM events WHERE v % 3 <> 0", false},
    {"SELECT window_start, window_end, k, count(*) AS n, sum(v) AS s, avg(v) AS a, "
     "count(DISTINCT v) AS d FROM tumble(events, t, INTERVAL 10 SECOND) GROUP BY ALL",
     false},
    {"SELECT window_start, k, sum(v) AS s, list(v) AS all_v FROM hop(events, t, "
     "INTERVAL 5 SECOND, INTERVAL 20 SECOND) GROUP BY ALL",
     false},
    {"SELECT k, count(*) AS n, avg(v) AS a, max(v) AS high, list(v) AS all_v FROM events "
     "GROUP BY k",
     true},
    {"SELECT window_start, k, count(*) AS n, max(v) AS high FROM hop(events, t, "
     "INTERVAL 5 SECOND, INTERVAL 10 SECOND) GROUP BY ALL",
     true},
};

// Stops, or loses what it wrote since `kept`, as a crash before the next snapshot would.
void end_at_once(std::unique_ptr<StreamJob> job, const fs::path& folder, bool crash) {
  const fs::path kept = folder.string() + "_kept";
  if (crash) fs::copy(folder, kept, fs::copy_options::recursive);
  job.reset();
  if (!crash) return;
  fs::remove_all(folder);
  fs::rename(kept, folder);
}

TEST_F(StreamRecovery, CommitsEachResultOnceHoweverOftenItIsStoppedOrCrashes) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  std::vector<std::unique_ptr<StreamJob>> jobs;
  const auto spec_of = [&](std::size_t i) {
    StreamSpec spec = compiled("s" + std::to_string(i), cases[i].sql, cases[i].emit_changes);
    spec.batch_rows_max = 1 + random() % 40;
    spec.parallelism = static_cast<int>(1 + random() % 3);
    return spec;
  };
  for (std::size_t i = 0; i < cases.size(); ++i) jobs.push_back(start(spec_of(i)));
  std::int64_t now = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Event> events;
    for (std::size_t i = random() % 12; i > 0; --i) {
      now += static_cast<std::int64_t>(random() % 3);
      events.push_back({now - static_cast<std::int64_t>(random() % 9 == 0 ? random() % 30 : 0),
                        std::string(1, static_cast<char>('a' + random() % 4)),
                        static_cast<std::int64_t>(random() % 50)});
    }
    send(events);
    if (round == 40) send_end();
    const std::size_t i = random() % cases.size();
    if (random() % 2 == 0) settle(*jobs[i]);
    const bool crash = random() % 2 == 0;
    end_at_once(std::move(jobs[i]), folder_of("s" + std::to_string(i)), crash);
    jobs[i] = start(spec_of(i));
  }
  send_end();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    settle(*jobs[i]);
    const Committed all = committed("s" + std::to_string(i));
    for (std::size_t k = 0; k < all.sequences.size(); ++k) {
      ASSERT_EQ(all.sequences[k], k + 1) << "seed " << seed;
    }
    const auto straight =
        start(compiled("straight" + std::to_string(i), cases[i].sql, cases[i].emit_changes));
    settle(*straight);
    ASSERT_EQ(all, committed("straight" + std::to_string(i)))
        << "seed " << seed << ": " << cases[i].sql;
    ASSERT_FALSE(all.rows.empty());
  }
}

void damage(const fs::path& file) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(40);
  bytes.put('\x55');
}

TEST_F(StreamRecovery, IsNewUntilItsFirstSnapshot) {
  const fs::path folder = folder_of("s");
  EXPECT_FALSE(SnapshotFolder::has_any(folder).value());
  fs::create_directories(folder);
  std::ofstream(folder / "draft") << "half a";
  EXPECT_FALSE(SnapshotFolder::has_any(folder).value());
  start(compiled("s", count_sql, true)).reset();
  EXPECT_TRUE(SnapshotFolder::has_any(folder).value());
}

TEST_F(StreamRecovery, DecidesByTheLatenessInForceWhenTheRowsCame) {
  const std::string sql =
      "SELECT window_start, k, count(*) AS n FROM tumble(events, t, INTERVAL 10 SECOND) "
      "GROUP BY ALL";
  auto job = start(compiled("s", sql));
  lateness_ = std::chrono::seconds(30);
  send({{1, "a", 1}, {25, "a", 1}, {2, "a", 1}});
  settle(*job);
  end_at_once(std::move(job), folder_of("s"), true);
  lateness_ = std::chrono::seconds(0);
  send({{40, "a", 1}});
  job = start(compiled("s", sql));
  send_end();
  settle(*job);
  EXPECT_TRUE(committed("s").late.empty());
  EXPECT_EQ(committed("s").rows,
            expected("SELECT time_bucket(INTERVAL 10 SECOND, t), k, count(*) FROM events() "
                     "GROUP BY ALL"));
}

fs::path newest_snapshot(const fs::path& folder) {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto number = [](const fs::path& path) {
      return std::stoull(path.filename().string().substr(9));
    };
    if (newest.empty() || number(entry.path()) > number(newest)) newest = entry.path();
  }
  return newest;
}

TEST_F(StreamRecovery, GoesBackToTheSnapshotBeforeADamagedOne) {
  auto job = start(compiled("s", count_sql, true));
  for (int round = 0; round < 3; ++round) {
    send({{round, "a", 1}, {round, "b", 1}});
    settle(*job);
    job.reset();
    job = start(compiled("s", count_sql, true));
  }
  job.reset();
  damage(newest_snapshot(folder_of("s")));
  job = start(compiled("s", count_sql, true));
  EXPECT_NE(job->counts().passed_over.find("snapshot-3 is damaged"), std::string::npos)
      << job->counts().passed_over;
  send({{5, "a", 1}});
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT k, count(*) FROM events() GROUP BY k"));
  EXPECT_EQ(committed("s").sequences, (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(StreamRecovery, RefusesToStartWhereNoSnapshotCanBeRead) {
  start(compiled("s", count_sql, true)).reset();
  damage(newest_snapshot(folder_of("s")));
  const auto started = try_start(compiled("s", count_sql, true));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::corrupt);
}

TEST_F(StreamRecovery, TakesNoSnapshotForDamagedThatCannotBeReadForNow) {
  start(compiled("s", count_sql, true)).reset();
  const fs::path snapshot = newest_snapshot(folder_of("s"));
  const fs::path kept = folder_of("kept");
  fs::rename(snapshot, kept);
  fs::create_directory(snapshot);
  const auto started = try_start(compiled("s", count_sql, true));
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().message.find("Is a directory"), std::string::npos);
  EXPECT_EQ(started.error().message.find("drop"), std::string::npos) << started.error().message;
  fs::remove(snapshot);
  fs::rename(kept, snapshot);
  EXPECT_TRUE(try_start(compiled("s", count_sql, true)).ok());
}

TEST_F(StreamRecovery, StopsWithinAReplay) {
  constexpr int count = 2'000;
  auto job = start(compiled("s", count_sql, true));
  for (std::int64_t i = 0; i < count; ++i) send({{i, "a", 1}});
  settle(*job);
  end_at_once(std::move(job), folder_of("s"), true);
  std::atomic<int> read = 0;
  std::atomic<bool> ends = false;
  journal_.call_at_each_event([&] {
    if (++read == 2) ends.wait(false);
  });
  StreamSpec spec = compiled("s", count_sql, true);
  spec.batch_rows_max = 1;
  job = start(std::move(spec));
  while (read < 2) std::this_thread::yield();
  std::jthread([&] {
    ends = true;
    ends.notify_all();
    job.reset();
  }).join();
  EXPECT_LT(read, count);
  job = start(compiled("s", count_sql, true));
  send({{count, "a", 1}});
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT k, count(*) FROM events() GROUP BY k"));
}

TEST_F(StreamRecovery, RefusesTheStateOfAnotherPlan) {
  start(compiled("s", count_sql, true)).reset();
  const auto started =
      try_start(compiled("s", "SELECT k, sum(v) AS n FROM events GROUP BY k", true));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::conflict);
  EXPECT_EQ(started.error().message,
            "stream s: its SQL's meaning or its emit changed; keep the old ones, or start it "
            "anew, without what it has given so far: `weir drop s --restart`");
}

TEST_F(StreamRecovery, SaysWhatOfItsInputChanged) {
  const std::string sql =
      "SELECT window_start, sum(v) AS s FROM tumble(events, t, INTERVAL 1 DAY) GROUP BY ALL";
  start(compiled("s", sql)).reset();
  StreamSpec spec = compiled("s", sql);
  Schema schema = *spec.input.schema;
  schema.columns[2].type.id = TypeId::hugeint;
  spec.input.schema = std::make_shared<const Schema>(std::move(schema));
  spec.plan.time_zone = "Asia/Tokyo";
  spec.plan.hash = "another";
  const auto started = try_start(std::move(spec));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().message,
            "stream s: its SQL's meaning, its emit or what it goes by changed: column v of events "
            "was BIGINT and is now HUGEINT, time_zone was UTC and is now Asia/Tokyo; keep the old "
            "ones, or start it anew, without what it has given so far: `weir drop s --restart`");
}

TEST_F(StreamRecovery, KnowsItsWatermarkAgain) {
  const std::string sql = "SELECT t, k FROM events";
  auto job = start(compiled("s", sql));
  EXPECT_EQ(job->counts().watermark, journal::no_watermark);
  for (const bool crash : {false, true}) {
    send({{crash ? 60 : 30, "a", 1}});
    const auto before = static_cast<std::int64_t>(crash ? 55 : 25) * 1'000'000;
    settle(*job);
    EXPECT_EQ(job->counts().watermark, before);
    end_at_once(std::move(job), folder_of("s"), crash);
    job = start(compiled("s", sql));
    if (crash) settle(*job);
    EXPECT_EQ(job->counts().watermark, before);
  }
}

constexpr const char* joined_sql =
    "SELECT k, name, count(*) AS n FROM events JOIN places ON k = code GROUP BY ALL";

// As the program starts it over a file with these rows.
StreamSpec over_places(StreamSpec spec, std::uint64_t hash) {
  spec.tables = {{"places", hash}};
  return spec;
}

TEST_F(StreamRecovery, RefusesToGoThroughItsInputAgainWithOtherRowsOfAStaticTable) {
  put_places("('a', 'A')");
  auto job = start(over_places(compiled("s", joined_sql, true), 1));
  send({{1, "a", 1}});
  settle(*job);
  end_at_once(std::move(job), folder_of("s"), true);
  put_places("('a', 'A2')");
  const auto started = try_start(over_places(compiled("s", joined_sql, true), 2));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::conflict);
  EXPECT_NE(started.error().message.find("static table places"), std::string::npos)
      << started.error().message;

  put_places("('a', 'A')");
  start(over_places(compiled("s", joined_sql, true), 1)).reset();
  put_places("('a', 'A2')");
  job = start(over_places(compiled("s", joined_sql, true), 2));
  send({{2, "a", 1}});
  settle(*job);
  end_at_once(std::move(job), folder_of("s"), true);
  // The rows of the edited file are those that the commits joined since.
  job = start(over_places(compiled("s", joined_sql, true), 2));
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT k, 'A' || CASE WHEN v = 1 AND t < "
                                          "'1970-01-01 00:00:02' THEN '' ELSE '2' END, count(*) "
                                          "FROM events() GROUP BY ALL"));
}

TEST_F(StreamRecovery, TakesEditedRowsOfAStaticTableWhereNothingIsKept) {
  const std::string sql = "SELECT k, name FROM events JOIN places ON k = code";
  put_places("('a', 'A')");
  auto job = start(over_places(compiled("s", sql), 1));
  send({{1, "a", 1}});
  settle(*job);
  end_at_once(std::move(job), folder_of("s"), true);
  put_places("('a', 'A2')");
  job = start(over_places(compiled("s", sql), 2));
  send({{2, "a", 1}});
  settle(*job);
  EXPECT_EQ(committed("s").rows.size(), 2);
}

TEST_F(StreamRecovery, RefusesOpenWindowsAsChangesAndChangesAsOpenWindows) {
  const std::string sql =
      "SELECT window_start, k, count(*) AS n FROM tumble(events, t, INTERVAL 10 SECOND) "
      "GROUP BY ALL";
  for (const bool emit_changes : {false, true}) {
    const std::string name = emit_changes ? "changes" : "close";
    auto job = start(compiled(name, sql, emit_changes));
    send({{1, "a", 1}, {2, "b", 2}});
    settle(*job);
    job.reset();
    const auto started = try_start(compiled(name, sql, !emit_changes));
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().fault, Fault::conflict);
  }
}

TEST_F(StreamRecovery, RefusesToStartWhereItsStateIsGoneAndItsCommitsAreNot) {
  auto job = start(compiled("s", count_sql, true));
  send({{1, "a", 1}});
  settle(*job);
  job.reset();
  fs::remove_all(folder_of("s"));
  const auto started = try_start(compiled("s", count_sql, true));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::conflict);
  EXPECT_EQ(started.error().message,
            "stream s: its commits cover its input up to position 10, but its state in " +
                folder_of("s").string() +
                " is gone: put back the folder as it was, or start it anew, without what it has "
                "given so far: `weir drop s --restart`");
  EXPECT_EQ(committed("s").sequences, (std::vector<std::uint64_t>{1}));
}

TEST_F(StreamRecovery, RefusesAStateOfAnotherGenerationThanItsCommits) {
  auto job = start(compiled("s", count_sql, true));
  send({{1, "a", 1}});
  settle(*job);
  job.reset();
  const journal::CommitHead head{.generation = 2, .sequence = 1, .through = journal_.end()};
  ASSERT_TRUE(journal_
                  .append_and_wait({{.kind = journal::Kind::commit,
                                     .topic = "s",
                                     .head = encode(head),
                                     .batches = {nullptr, nullptr, nullptr}}})
                  .ok());
  const auto started = try_start(compiled("s", count_sql, true));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::conflict);
}

TEST_F(StreamRecovery, RefusesToLeaveOutInputThatIsNotKeptAnyMore) {
  send({{1, "a", 1}});
  auto job = start(compiled("s", count_sql, true));
  settle(*job);
  job.reset();
  send({{2, "a", 1}});
  send({{3, "a", 1}});
  journal_.forget_before(journal_.end());
  const auto started = try_start(compiled("s", count_sql, true));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::conflict);
  EXPECT_NE(started.error().message.find("up to position 10"), std::string::npos)
      << started.error().message;
}

TEST_F(StreamRecovery, StartsAtTheOldestInputThatIsKept) {
  send({{1, "a", 1}});
  send({{2, "b", 1}});
  journal_.forget_before(10);
  start(compiled("s", count_sql, true)).reset();
  auto job = start(compiled("s", count_sql, true));
  settle(*job);
  EXPECT_EQ(committed("s").rows.size(), 1);
}

TEST_F(StreamRecovery, NeedsTheInputBehindTheOlderOfTwoSnapshots) {
  checkpoint_interval_ = std::chrono::seconds(5);
  auto job = start(compiled("s", count_sql, true));
  EXPECT_EQ(job->needed(), 0);
  std::vector<Position> ends;
  for (int round = 0; round < 3; ++round) {
    send({{round, "a", 1}});
    ends.push_back(journal_.end());
    settle(*job);
    job.reset();
    job = start(compiled("s", count_sql, true));
  }
  EXPECT_EQ(job->needed(), ends[1]);
}

}  // namespace
}  // namespace weir::process
