#include "journal/journal_test.h"

#include <atomic>
#include <future>
#include <thread>

#include "journal/heads.h"

namespace weir::journal {
namespace {

TEST(Journal, gives_back_what_was_appended_and_where_it_stands) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  Entry entry = entry_of("clicks", 7, 3);
  entry.kind = Kind::quarantine;
  entry.batches.push_back(nullptr);
  const Position end = journal->append_and_wait(group_of(entry)).value();
  EXPECT_EQ(journal->end(), end);

  const auto reader = journal->read({}, 0);
  const auto placed = reader->next().value();
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->end, end);
  EXPECT_EQ(reader->place(), end);
  EXPECT_EQ(placed->entry->topic, "clicks");
  EXPECT_EQ(placed->entry->kind, Kind::quarantine);
  EXPECT_EQ(placed->entry->head, "head");
  EXPECT_EQ(placed->entry->accepted, test_clock().now());
  ASSERT_EQ(placed->entry->batches.size(), 2u);
  EXPECT_EQ(placed->entry->batches[0]->rows(), 3u);
  EXPECT_EQ(placed->entry->batches[1], nullptr);
  EXPECT_FALSE(reader->next().value());
}

TEST(Journal, reads_the_same_from_memory_and_from_disk) {
  const TemporaryFolder folder;
  for (const std::size_t cache : {std::size_t{0}, std::size_t{4096}, std::size_t{48} << 20}) {
    const TemporaryFolder own;
    const auto journal =
        open_journal(own.path(), {.segment_bytes = small_segment, .tail_cache_bytes = cache});
    for (std::int64_t n = 0; n < 100; ++n) append_row(*journal, n);
    EXPECT_EQ(numbers(*journal), count_up(0, 100)) << cache;
  }
}

TEST(Journal, keeps_entries_id_and_order_across_openings_and_its_epoch_grows) {
  const TemporaryFolder folder;
  std::string id;
  Position end = 0;
  for (std::int64_t opening = 0; opening < 4; ++opening) {
    const auto journal = open_journal(folder.path());
    if (opening == 0) id = journal->id();
    EXPECT_EQ(journal->id(), id);
    EXPECT_EQ(journal->epoch(), static_cast<std::uint64_t>(opening + 1));
    EXPECT_EQ(journal->end(), end);
    EXPECT_EQ(numbers(*journal), count_up(0, opening * 30));
    for (std::int64_t n = 0; n < 30; ++n) end = append_row(*journal, opening * 30 + n);
  }
}

TEST(Journal, a_reader_goes_on_from_the_end_of_any_entry) {
  const TemporaryFolder folder;
  const auto journal =
      open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = 0});
  std::int64_t n = 0;
  for (int group = 0; group < 20; ++group) {
    std::vector<Entry> entries;
    for (int i = 0; i < 5; ++i) entries.push_back(entry_of("clicks", n++, 10));
    ASSERT_TRUE(journal->append_and_wait(std::move(entries)).ok());
  }
  const auto all = journal->read({}, 0);
  for (std::int64_t seen = 1; seen <= n; ++seen) {
    const auto placed = all->next().value();
    ASSERT_TRUE(placed);
    EXPECT_EQ(numbers(*journal, {}, placed->end), count_up(seen, n));
    // Any other place will do too.
    EXPECT_EQ(numbers(*journal, {}, placed->begin + 1), count_up(seen, n));
  }
}

TEST(Journal, a_reader_gets_only_topics_and_kinds_it_wants) {
  for (const std::size_t cache : {std::size_t{0}, std::size_t{48} << 20}) {
    const TemporaryFolder folder;
    const auto journal =
        open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = cache});
    for (std::int64_t n = 0; n < 30; ++n) {
      Entry entry = entry_of(n % 3 == 0 ? "orders" : "clicks", n);
      if (n % 2 == 1) entry.kind = Kind::quarantine;
      ASSERT_TRUE(journal->append_and_wait(group_of(std::move(entry))).ok());
    }
    EXPECT_EQ(numbers(*journal, {{"orders"}, {Kind::events}}),
              (std::vector<std::int64_t>{0, 6, 12, 18, 24}));
    const auto nothing = journal->read({{"other"}, {}}, 0);
    EXPECT_FALSE(nothing->next().value());
    EXPECT_EQ(nothing->place(), journal->end());
  }
}

TEST(Journal, takes_groups_larger_than_a_segment) {
  const TemporaryFolder folder;
  {
    const auto journal =
        open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = 0});
    append_row(*journal, 0);
    ASSERT_TRUE(journal->append_and_wait(group_of(entry_of("clicks", 1, 20'000))).ok());
    append_row(*journal, 2);
    EXPECT_EQ(numbers(*journal), count_up(0, 3));
  }
  EXPECT_EQ(numbers(*open_journal(folder.path())), count_up(0, 3));
}

TEST(Journal, many_threads_append_and_each_finds_its_entries_in_its_order) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  constexpr std::int64_t each = 200;
  std::atomic<std::int64_t> durable = 0;
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&, topic = "t" + std::to_string(writer)] {
        for (std::int64_t n = 0; n < each; ++n) {
          const auto taken =
              journal->append(group_of(entry_of(topic, n)), [&](const Result<Position>& end) {
                EXPECT_TRUE(end.ok());
                ++durable;
              });
          EXPECT_TRUE(taken.ok());
        }
      });
    }
    // Meanwhile one reads along.
    const auto reader = journal->read({{"t0"}, {}}, 0);
    std::vector<std::int64_t> seen;
    while (seen.size() < each) {
      journal->wait_beyond(reader->place(), {});
      for (const std::int64_t n : numbers(*reader)) seen.push_back(n);
    }
    EXPECT_EQ(seen, count_up(0, each));
  }
  for (int writer = 0; writer < 4; ++writer) {
    const auto reader = journal->read({{"t" + std::to_string(writer)}, {}}, 0);
    std::size_t seen = 0;
    while ((seen += numbers(*reader).size()) < each) journal->wait_beyond(reader->place(), {});
  }
}

TEST(Journal, commits_what_waits_before_it_goes) {
  const TemporaryFolder folder;
  int durable = 0;
  {
    const auto journal = open_journal(folder.path());
    for (std::int64_t n = 0; n < 50; ++n) {
      ASSERT_TRUE(
          journal
              ->append(group_of(entry_of("clicks", n)), [&](const Result<Position>&) { ++durable; })
              .ok());
    }
  }
  EXPECT_EQ(durable, 50);
  EXPECT_EQ(numbers(*open_journal(folder.path())), count_up(0, 50));
}

TEST(Journal, stamps_never_go_back_even_when_the_clock_does) {
  const TemporaryFolder folder;
  const Instant noon{std::chrono::hours(12)};
  ManualClock clock(noon);
  const auto open = [&] {
    return Journal::open(folder.path(), {.segment_bytes = small_segment}, clock).value();
  };
  {
    const auto journal = open();
    append_row(*journal, 0);
    clock.advance(-std::chrono::hours(1));
    append_row(*journal, 1);
  }
  const auto journal = open();
  append_row(*journal, 2);
  const auto reader = journal->read({}, 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reader->next().value()->entry->accepted, noon);
  EXPECT_EQ(journal->accepted(), noon);
}

TEST(Journal, keeps_a_stamp_that_an_entry_comes_with) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  const Instant now = test_clock().now();
  const Instant stamps[] = {now + std::chrono::hours(2), now + std::chrono::hours(1)};
  for (const Instant stamp : stamps) {
    Entry entry = entry_of(stamp == stamps[0] ? "clicks" : "views", 0);
    entry.accepted = stamp;
    ASSERT_TRUE(journal->append_and_wait(group_of(std::move(entry))).ok());
  }
  append_row(*journal, 0);
  const auto reader = journal->read({}, 0);
  for (const Instant stamp : stamps) EXPECT_EQ(reader->next().value()->entry->accepted, stamp);
  EXPECT_EQ(reader->next().value()->entry->accepted, stamps[0]);
  EXPECT_EQ(journal->accepted(), stamps[0]);
}

TEST(Journal, refuses_what_would_wait_beyond_its_bound) {
  const TemporaryFolder folder;
  auto journal =
      open_journal(folder.path(), {.segment_bytes = small_segment, .waiting_bytes_max = 3000});
  EXPECT_EQ(journal->append(group_of(entry_of("clicks", 0, 1000)), {}).error().fault,
            Fault::invalid);
  // The commit thread is held in the first callback, so the rest must wait.
  std::promise<void> go_on;
  std::promise<void> reached;
  ASSERT_TRUE(journal
                  ->append(group_of(entry_of("clicks", 0)),
                           [&](const Result<Position>&) {
                             reached.set_value();
                             go_on.get_future().wait();
                           })
                  .ok());
  reached.get_future().wait();
  Result<void> taken;
  int count = 0;
  while (taken.ok() && count < 100) {
    taken = journal->append(group_of(entry_of("clicks", ++count)), {});
  }
  go_on.set_value();
  EXPECT_EQ(taken.error().fault, Fault::unavailable);
  EXPECT_LT(count, 30);
  journal.reset();
  EXPECT_EQ(numbers(*open_journal(folder.path())), count_up(0, count));
}

TEST(Journal, refuses_topics_that_could_not_name_a_folder) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  for (const std::string topic : {"", "Clicks", "../x", "a/b", "_a", "1a", "a-b"}) {
    const auto taken = journal->append(group_of(entry_of(topic, 0)), {});
    EXPECT_EQ(taken.error().fault, Fault::invalid) << topic;
  }
}

TEST(Journal, is_opened_once_at_a_time) {
  const TemporaryFolder folder;
  auto journal = open_journal(folder.path());
  const auto second = Journal::open(folder.path(), {}, test_clock());
  EXPECT_EQ(second.error().fault, Fault::conflict);
  EXPECT_NE(second.error().message.find("another process"), std::string::npos);
  journal.reset();
  open_journal(folder.path());
}

TEST(Journal, refuses_a_folder_of_a_newer_format) {
  const TemporaryFolder folder;
  open_journal(folder.path());
  write_bytes(folder.path() / "journal" / "identity", "weir-journal 3\nwho knows\n");
  const auto opened = Journal::open(folder.path(), {}, test_clock());
  EXPECT_EQ(opened.error().fault, Fault::conflict);
  EXPECT_NE(opened.error().message.find("newer"), std::string::npos);
}

TEST(Journal, waiting_ends_when_it_is_told_to_stop) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  std::jthread waiter([&](const std::stop_token& stop) {
    EXPECT_EQ(journal->wait_beyond(journal->end(), stop), 0u);
  });
  waiter.request_stop();
}

TEST(Journal, accepts_nothing_after_a_failed_write_until_it_is_opened_again) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    append_row(*journal, 0);
    {
      const FileLimit limit(4096);
      const auto failed = journal->append_and_wait(group_of(entry_of("clicks", 1)));
      EXPECT_EQ(failed.error().fault, Fault::unavailable);
    }
    const auto refused = journal->append(group_of(entry_of("clicks", 2)), {});
    EXPECT_EQ(refused.error().fault, Fault::unavailable);
    EXPECT_EQ(journal->health().error().fault, Fault::unavailable);
    EXPECT_EQ(numbers(*journal), count_up(0, 1));
  }
  const auto journal = open_journal(folder.path());
  EXPECT_TRUE(journal->health().ok());
  EXPECT_EQ(numbers(*journal), count_up(0, 1));
  append_row(*journal, 1);
  EXPECT_EQ(numbers(*journal), count_up(0, 2));
}

TEST(Journal, finishes_commits_in_its_reserve_on_a_full_disk_and_recovers) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  const auto append = [&](Kind kind, std::int64_t n) {
    Entry entry = entry_of("clicks", n);
    entry.kind = kind;
    return journal->append_and_wait(group_of(std::move(entry)));
  };
  std::int64_t n = 0;
  for (; n < 16; ++n) append_row(*journal, n);  // a group a page: the segment is full
  {
    // No new file of a segment's size can be made; the reserve is there already.
    const FileLimit limit(small_segment / 2);
    ASSERT_TRUE(append(Kind::events, n++).ok());
    EXPECT_EQ(journal->health().error().fault, Fault::unavailable);
    const Error refused = append(Kind::events, -1).error();
    EXPECT_EQ(refused.fault, Fault::unavailable);
    EXPECT_TRUE(refused.message.starts_with("there is no room in the journal: "));
    EXPECT_NE(refused.message.find("no events are taken"), std::string::npos) << refused.message;
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(append(Kind::commit, n++).ok());
  }
  while (!journal->health().ok()) std::this_thread::yield();  // it asks for room by itself
  ASSERT_TRUE(append(Kind::events, n++).ok());
  EXPECT_EQ(numbers(*journal), count_up(0, n));
}

TEST(Journal, says_of_a_commit_that_finds_no_room_what_is_true_of_a_commit) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  const FileLimit limit(small_segment / 2);
  Entry commit = entry_of("clicks", 0, 2'000);  // too large for the reserve
  commit.kind = Kind::commit;
  const Error refused = journal->append_and_wait(group_of(std::move(commit))).error();
  EXPECT_EQ(refused.fault, Fault::unavailable);
  EXPECT_TRUE(refused.message.starts_with("there is no room in the journal: ")) << refused.message;
  EXPECT_EQ(refused.message.find("events"), std::string::npos) << refused.message;
}

TEST(Journal, says_of_a_full_disk_what_its_last_look_found) {
  const TemporaryFolder folder;
  std::unique_ptr<Journal> journal;
  {
    const FileLimit limit(small_segment / 2);
    journal = open_journal(folder.path());
    EXPECT_NE(journal->health().error().message.find("File too large"), std::string::npos);
    std::filesystem::create_directory(folder.path() / "journal" / "reserve");
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto wait_for = [&](const auto& happened) {
    while (!happened() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(happened());
  };
  // It can be made now, but not take its name.
  wait_for([&] {
    const Result<void> health = journal->health();
    return !health.ok() && health.error().message.find("Is a directory") != std::string::npos;
  });
  std::filesystem::remove(folder.path() / "journal" / "reserve");
  wait_for([&] { return journal->health().ok(); });
}

TEST(Journal, says_the_same_where_it_finds_no_room_when_it_is_opened) {
  const TemporaryFolder folder;
  append_row(*open_journal(folder.path()), 0);
  const FileLimit limit(small_segment / 2);
  const auto journal = open_journal(folder.path());
  const Result<void> health = journal->health();
  ASSERT_FALSE(health.ok());
  EXPECT_EQ(health.error().fault, Fault::unavailable);
  EXPECT_TRUE(health.error().message.starts_with("there is no room in the journal: "))
      << health.error().message;
}

}  // namespace
}  // namespace weir::journal
