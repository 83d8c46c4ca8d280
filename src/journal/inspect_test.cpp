#include "journal/inspect.h"

#include <thread>

#include "journal/block.h"
#include "journal/journal_test.h"

namespace weir::journal {
namespace {

namespace fs = std::filesystem;

// Forty-five entries of two topics, the older ones in history.
void fill(Journal& journal) {
  for (std::int64_t n = 0; n < 45; ++n) append_row(journal, n, n % 3 == 0 ? "orders" : "clicks");
  ASSERT_TRUE(journal.release(journal.end() / 2).ok());
}

void flip_bit(const fs::path& path, std::size_t byte) {
  std::string bytes = read_bytes(path);
  bytes[byte] = static_cast<char>(bytes[byte] ^ 1);
  write_bytes(path, bytes);
}

TEST(Inspect, counts_entries_by_topic_and_kind_in_a_running_and_a_stopped_journal) {
  const TemporaryFolder folder;
  auto journal = open_journal(folder.path());
  fill(*journal);
  for (const bool is_running : {true, false}) {
    const auto found = stat_journal(folder.path());
    ASSERT_TRUE(found.ok()) << found.error().message;
    const JournalStat& stat = found.value();
    EXPECT_EQ(stat.epoch, 1u);
    EXPECT_EQ(stat.oldest, 0u);
    EXPECT_EQ(stat.end, 45 * page_bytes);
    EXPECT_GT(stat.history_files, 1u);
    ASSERT_EQ(stat.topics.size(), 2u);
    EXPECT_EQ(stat.topics[0].topic, "clicks");
    EXPECT_EQ(stat.topics[0].entries, 30u);
    EXPECT_EQ(stat.topics[1].rows, 15u);
    if (is_running) journal.reset();
  }
}

TEST(Inspect, finds_each_place_that_is_damaged_and_goes_on_behind_it) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    fill(*journal);
  }
  const auto whole = check_journal(folder.path()).value();
  EXPECT_EQ(whole.entries, 45u);
  EXPECT_TRUE(whole.damage.empty());

  const auto segments = segment_paths(folder.path());
  ASSERT_EQ(segments.size(), 2u);
  flip_bit(segments[0], 2 * page_bytes + 3);                             // a group's header
  flip_bit(segments[0], 5 * page_bytes + 64 + 5);                        // an entry's header
  flip_bit(segments[1], 4 * page_bytes + 64 + sizeof(BlockHeader) + 9);  // a payload
  const fs::path history = fs::directory_iterator(folder.path() / "history" / "orders")->path();
  flip_bit(history, 64 + sizeof(BlockHeader) + 20);
  const auto check = check_journal(folder.path()).value();
  EXPECT_EQ(check.entries, 41u);
  ASSERT_EQ(check.damage.size(), 4u);
  EXPECT_NE(check.damage[0].find(history.string() + ": byte "), std::string::npos);
  EXPECT_NE(check.damage[1].find(segments[0].string() + ": byte 8192: "), std::string::npos);
  EXPECT_NE(check.damage[2].find(segments[0].string() + ": byte 20544: "), std::string::npos);
  EXPECT_NE(check.damage[3].find(segments[1].string() + ": byte 16"), std::string::npos);
  EXPECT_EQ(stat_journal(folder.path()).error().fault, Fault::corrupt);
}

TEST(Inspect, misses_a_segment_that_is_gone) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    for (std::int64_t n = 0; n < 45; ++n) append_row(*journal, n);
  }
  const auto segments = segment_paths(folder.path());
  ASSERT_EQ(segments.size(), 3u);
  fs::remove(segments[1]);
  EXPECT_EQ(check_journal(folder.path()).value().damage.size(), 1u);
  fs::remove(segments[2]);
  EXPECT_EQ(check_journal(folder.path()).value().damage.size(), 1u);
}

TEST(Inspect, dumps_entries_page_by_page_from_history_on) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  fill(*journal);
  Position from = 0;
  std::vector<std::int64_t> seen;
  while (true) {
    const auto page = dump_journal(folder.path(), {{"orders"}, {}}, from, 4).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 4u);
    for (const Placed& placed : page) {
      seen.push_back(placed.entry->batches[0]->column(0).values<std::int64_t>()[0]);
    }
    from = page.back().end;
  }
  EXPECT_EQ(seen, numbers(*journal, {{"orders"}, {}}));
}

TEST(Inspect, a_journal_that_is_written_and_released_meanwhile_is_not_damaged) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  append_row(*journal, 0);
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::int64_t n = 1; !stop.stop_requested(); ++n) {
      append_row(*journal, n);
      if (n % 40 == 0) {
        EXPECT_TRUE(journal->release(journal->end()).ok());
      }
    }
  });
  for (int i = 0; i < 20; ++i) {
    const auto check = check_journal(folder.path());
    ASSERT_TRUE(check.ok()) << check.error().message;
    for (const std::string& damage : check.value().damage) ADD_FAILURE() << damage;
  }
}

TEST(Inspect, says_where_there_is_no_journal) {
  const TemporaryFolder folder;
  EXPECT_EQ(stat_journal(folder.path()).error().fault, Fault::not_found);
}

}  // namespace
}  // namespace weir::journal
