#include <sys/resource.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "process/stream_fixture_test.h"
#include "process/stream_job.h"

namespace weir::process {
namespace {

using std::chrono::seconds;

using StreamFaultsTest = StreamFixture;

void wait_for(const std::function<bool()>& happened) {
  while (!happened()) std::this_thread::yield();
}

TEST_F(StreamFaultsTest, WaitsWhileTheJournalIsFull) {
  const auto job = start(compiled("s", "SELECT t, k FROM events"));
  send({{1, "a", 1}});
  settle(*job);
  journal_.be_full_for(3);
  send({{2, "a", 1}});
  settle(*job);
  EXPECT_EQ(committed("s").sequences, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(job->counts().failure);
}

TEST_F(StreamFaultsTest, HandsACommitOnAgainThatAFullDiskRefused) {
  const auto job = start(compiled("s", "SELECT t, k FROM events"));
  send({{1, "a", 1}});
  settle(*job);
  journal_.have_no_room(true);
  send({{2, "a", 1}});
  send({{3, "b", 1}});
  wait_for([&] { return job->counts().trouble == "the disk is full"; });
  EXPECT_FALSE(job->counts().failure);
  journal_.have_no_room(false);
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT t, k FROM events()"));
  EXPECT_FALSE(job->counts().failure);
  send({{4, "b", 1}});
  settle(*job);
  wait_for([&] { return job->counts().trouble.empty(); });
  std::vector<std::uint64_t> sequences = committed("s").sequences;
  for (std::size_t i = 0; i < sequences.size(); ++i) EXPECT_EQ(sequences[i], i + 1);
}

TEST_F(StreamFaultsTest, WaitsWhileItsInputCannotBeRead) {
  for (std::int64_t i = 0; i < 3; ++i) send({{i, "a", 1}});
  journal_.be_unreadable_from(2 * MemoryJournal::entry_bytes);
  auto job = start(compiled("s", "SELECT t, k FROM events"));
  wait_for([&] { return job->counts().trouble == "too many open files"; });
  EXPECT_EQ(job->counts().rows_in, 2) << "what could be read is not held up";
  EXPECT_FALSE(job->counts().failure);
  job.reset();
  job = start(compiled("s", "SELECT t, k FROM events"));
  wait_for([&] { return job->counts().trouble == "too many open files"; });
  journal_.be_unreadable_from(MemoryJournal::no_bound);
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT t, k FROM events()"));
  EXPECT_EQ(job->counts().trouble, "");
}

TEST_F(StreamFaultsTest, StopsWhileTheDiskIsFull) {
  auto job = start(compiled("s", "SELECT t, k FROM events"));
  journal_.have_no_room(true);
  send({{1, "a", 1}});
  wait_for([&] { return !job->counts().trouble.empty(); });
  job.reset();
  journal_.have_no_room(false);
  job = start(compiled("s", "SELECT t, k FROM events"));
  settle(*job);
  EXPECT_EQ(committed("s").sequences, (std::vector<std::uint64_t>{1}));
}

// No file may grow: what writes one is told that there is no room.
class NoRoom {
 public:
  NoRoom() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~NoRoom() {
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0);
    std::signal(SIGXFSZ, handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(StreamFaultsTest, GoesOnWithoutASnapshotWhereThereIsNoRoomAndTakesItLater) {
  checkpoint_interval_ = seconds(5);
  auto job = start(compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true));
  {
    const NoRoom no_room;
    send({{1, "a", 1}});
    settle(*job);
    clock_.advance(seconds(6));
    wait_for([&] { return job->counts().trouble.starts_with("no room for a snapshot"); });
    send({{2, "a", 1}});
    settle(*job);
    EXPECT_FALSE(job->counts().failure);
  }
  clock_.advance(seconds(6));
  wait_for([&] { return job->counts().trouble.empty(); });
  job.reset();
  job = start(compiled("s", "SELECT k, count(*) AS n FROM events GROUP BY k", true));
  send({{3, "a", 1}});
  settle(*job);
  EXPECT_EQ(committed("s").rows, expected("SELECT k, count(*) FROM events() GROUP BY k"));
}

TEST_F(StreamFaultsTest, StopsWithTheReasonWhenTheJournalFailed) {
  const auto job = start(compiled("s", "SELECT t, k FROM events"));
  send({{1, "a", 1}});
  settle(*job);
  send({{2, "a", 1}});
  settle(*job);
  journal_.fail_at_next_commit("the disk is gone");
  send({{3, "a", 1}});
  const auto settled = job->settle(journal_.end(), std::chrono::steady_clock::now() + seconds(60));
  ASSERT_FALSE(settled.ok());
  EXPECT_NE(settled.error().message.find("the disk is gone"), std::string::npos);
  ASSERT_TRUE(job->counts().failure);
}

std::size_t largest_batch_bytes(const Committed& all) {
  std::size_t most = 0;
  for (const auto& batch : all.batches) most = std::max(most, batch->bytes());
  return most;
}

constexpr std::size_t megabyte = std::size_t{1} << 20;

TEST_F(StreamFaultsTest, CommitsABacklogOfWideRowsBySteps) {
  for (std::int64_t i = 0; i < 50; ++i) send({{i, std::string(megabyte, 'a'), i}});
  const auto job = start(compiled("s", "SELECT t, k, v FROM events"));
  settle(*job);
  const Committed all = committed("s");
  EXPECT_EQ(all.rows, expected("SELECT t, k, v FROM events()"));
  EXPECT_EQ(all.sequences, (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(StreamFaultsTest, CommitsWhatIsTooLargeForOneEntryInParts) {
  const auto close = start(compiled("close",
                                    "SELECT window_start, k, count(*) AS n FROM tumble(events, t, "
                                    "INTERVAL 1 HOUR) GROUP BY ALL"));
  const auto copy = start(compiled("copy", "SELECT window_start, k, n FROM close"));
  for (std::int64_t i = 0; i < 40; ++i) {
    send({{i, std::to_string(i) + std::string(megabyte, 'a'), i}});
  }
  send_end();
  settle(*close);
  settle(*copy);
  const Committed all = committed("close");
  EXPECT_EQ(all.sequences, (std::vector<std::uint64_t>{1, 2})) << "rows, and the watermark";
  EXPECT_EQ(all.rows.size(), 40);
  EXPECT_LE(largest_batch_bytes(all), 17 * megabyte);
  EXPECT_EQ(committed("copy").rows, all.rows);
}

TEST_F(StreamFaultsTest, MakesACommitAnewOfWhichACrashLeftSomeParts) {
  const std::string sql =
      "SELECT window_start, k, count(*) AS n FROM tumble(events, t, INTERVAL 1 HOUR) GROUP BY ALL";
  auto close = start(compiled("close", sql));
  const auto copy = start(compiled("copy", "SELECT window_start, k, n FROM close"));
  for (std::int64_t i = 0; i < 40; ++i) {
    send({{i, std::to_string(i) + std::string(megabyte, 'a'), i}});
  }
  settle(*close);
  const std::size_t whole = commits("close");
  journal_.fail_at_next_commit("the disk is gone", 2);
  send_end();
  const auto failed = close->settle(journal_.end(), std::chrono::steady_clock::now() + seconds(60));
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(commits("close"), whole) << "parts without their last count for nothing";
  journal_.recover();
  close.reset();
  close = start(compiled("close", sql));
  settle(*close);
  settle(*copy);
  EXPECT_EQ(committed("close").rows.size(), 40);
  EXPECT_EQ(committed("copy").rows, committed("close").rows);
}

}  // namespace
}  // namespace weir::process
