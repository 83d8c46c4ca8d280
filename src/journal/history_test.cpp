#include "journal/history.h"

#include "journal/inspect.h"
#include "journal/journal_test.h"

namespace weir::journal {
namespace {

namespace fs = std::filesystem;

std::size_t history_files(const fs::path& folder, const std::string& topic) {
  std::size_t count = 0;
  if (!fs::exists(folder / "history" / topic)) return 0;
  for (const auto& file : fs::directory_iterator(folder / "history" / topic)) {
    count += file.path().extension() == ".entries" ? 1 : 0;
  }
  return count;
}

// Entries of three topics in turn, three a group.
void fill(Journal& journal, std::int64_t first, std::int64_t end) {
  std::vector<Entry> group;
  for (; first < end; ++first) {
    group.push_back(entry_of("t" + std::to_string(first % 3), first));
    if (group.size() < 3 && first + 1 < end) continue;
    ASSERT_TRUE(journal.append_and_wait(std::exchange(group, {})).ok());
  }
}

TEST(History, what_was_released_is_read_in_order_across_topics_without_gap_or_repeat) {
  const TemporaryFolder folder;
  for (std::int64_t opening = 0; opening < 3; ++opening) {
    const auto journal =
        open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = 0});
    const Position before = journal->end();
    fill(*journal, opening * 90, opening * 90 + 90);
    ASSERT_TRUE(journal->release(before + small_segment).ok());
    const std::int64_t end = opening * 90 + 90;
    EXPECT_EQ(numbers(*journal), count_up(0, end));
    EXPECT_EQ(journal->retained_from("t0"), 0u);
    std::vector<std::int64_t> second;
    for (std::int64_t n = 1; n < end; n += 3) second.push_back(n);
    EXPECT_EQ(numbers(*journal, {{"t1"}, {}}), second);
    EXPECT_GT(history_files(folder.path(), "t1"), 0u);
  }
}

TEST(History, a_reader_goes_on_from_any_entry_there) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  fill(*journal, 0, 120);
  ASSERT_TRUE(journal->release(journal->end()).ok());
  const auto reader = journal->read({}, 0);
  for (std::int64_t seen = 1; seen <= 120; ++seen) {
    const auto placed = reader->next().value();
    ASSERT_TRUE(placed);
    EXPECT_EQ(numbers(*journal, {}, placed->end), count_up(seen, 120));
  }
}

TEST(History, a_reader_in_a_segment_is_not_disturbed_when_it_is_released) {
  const TemporaryFolder folder;
  const auto journal =
      open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = 0});
  fill(*journal, 0, 240);
  const auto reader = journal->read({}, 0);
  ASSERT_TRUE(reader->next().value());
  ASSERT_TRUE(journal->release(journal->end()).ok());
  fill(*journal, 240, 480);  // in the files that were freed
  EXPECT_EQ(numbers(*reader), count_up(1, 480));
}

TEST(History, every_kind_is_kept) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  for (std::int64_t n = 1; n <= 6; ++n) {
    Entry entry = entry_of("t", n);
    entry.kind = static_cast<Kind>(n);
    ASSERT_TRUE(journal->append_and_wait(group_of(std::move(entry))).ok());
  }
  fill(*journal, 7, 60);
  ASSERT_TRUE(journal->release(journal->end()).ok());
  EXPECT_EQ(numbers(*journal), count_up(1, 60));
}

TEST(History, a_copy_that_a_crash_interrupted_is_made_again) {
  const TemporaryFolder folder;
  const TemporaryFolder released;
  {
    const auto journal = open_journal(folder.path());
    fill(*journal, 0, 90);
  }
  fs::copy(folder.path(), released.path(), fs::copy_options::recursive);
  {
    const auto journal = open_journal(released.path());
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
  // One topic was copied, another half, none of the segments freed.
  fs::copy(released.path() / "history" / "t0", folder.path() / "history" / "t0");
  fs::create_directory(folder.path() / "history" / "t1");
  write_bytes(folder.path() / "history" / "t1" / "0-1.entries.half", "half");
  for (int opening = 0; opening < 2; ++opening) {
    const auto journal = open_journal(folder.path());
    EXPECT_EQ(numbers(*journal), count_up(0, 90));
    ASSERT_TRUE(journal->release(journal->end()).ok());
    EXPECT_EQ(numbers(*journal), count_up(0, 90));
  }
}

TEST(History, retention_drops_the_oldest_files_by_age_and_by_size) {
  const TemporaryFolder folder;
  ManualClock clock(Instant(std::chrono::hours(1)));
  const JournalSettings settings{.segment_bytes = small_segment, .tail_cache_bytes = 0};
  auto journal = Journal::open(folder.path(), settings, clock).value();
  for (std::int64_t hour = 0; hour < 3; ++hour) {
    fill(*journal, hour * 48, hour * 48 + 48);  // 16 groups: a segment
    clock.advance(std::chrono::hours(1));
  }
  append_row(*journal, 144);
  ASSERT_TRUE(journal->release(journal->end()).ok());
  ASSERT_EQ(history_files(folder.path(), "t0"), 3u);

  const auto everything = std::size_t{1} << 40;
  ASSERT_TRUE(journal->retain("t0", Instant(std::chrono::hours(2)), everything).ok());
  EXPECT_EQ(history_files(folder.path(), "t0"), 2u);
  EXPECT_EQ(numbers(*journal, {{"t0"}, {}}).front(), 48);
  EXPECT_EQ(numbers(*journal, {{"t1"}, {}}).front(), 1);
  EXPECT_EQ(numbers(*journal, {{"t0"}, {}}, journal->retained_from("t0")).front(), 48);
  EXPECT_EQ(journal->retained_from("t1"), 0U);

  const Position retained = journal->retained_from("t0");
  journal.reset();
  journal = Journal::open(folder.path(), settings, clock).value();
  EXPECT_EQ(journal->retained_from("t0"), retained);

  const Instant never{};
  ASSERT_TRUE(journal->retain("t1", never, 4096).ok());
  ASSERT_TRUE(journal->retain("t0", never, 0).ok());
  ASSERT_TRUE(journal->retain("t2", never, 0).ok());
  ASSERT_TRUE(journal->retain("other", never, 0).ok());
  EXPECT_EQ(history_files(folder.path(), "t0"), 0u);
  EXPECT_EQ(numbers(*journal, {{"t2"}, {}}), std::vector<std::int64_t>{});
  EXPECT_EQ(numbers(*journal).back(), 144);
}

TEST(History, what_was_dropped_is_read_no_more_wherever_it_stands) {
  const TemporaryFolder folder;
  auto journal = open_journal(folder.path(), {.segment_bytes = small_segment});
  fill(*journal, 0, 240);
  ASSERT_TRUE(journal->release(journal->end()).ok());
  ASSERT_GT(history_files(folder.path(), "t1"), 0U);
  const Position dropped = journal->end();
  ASSERT_TRUE(journal->drop("t1", dropped).ok());
  EXPECT_EQ(journal->dropped_before("t1"), dropped);
  EXPECT_EQ(journal->dropped_before("t2"), 0U);
  EXPECT_FALSE(fs::exists(folder.path() / "history" / "t1"));
  fill(*journal, 240, 246);
  ASSERT_TRUE(journal->drop("t1", dropped).ok()) << "once more, and no further";
  ASSERT_TRUE(journal->drop("t1", dropped / 2).ok()) << "nothing comes back";
  const std::vector<std::int64_t> left{241, 244};
  for (const bool is_reopened : {false, true}) {
    EXPECT_EQ(numbers(*journal, {{"t1"}, {}}), left) << is_reopened;
    EXPECT_EQ(numbers(*journal).size(), 166U) << is_reopened;
    journal.reset();  // one at a time
    journal = open_journal(folder.path(), {.segment_bytes = small_segment, .tail_cache_bytes = 0});
  }
  EXPECT_EQ(journal->dropped_before("t1"), dropped);
  fill(*journal, 246, 480);
  ASSERT_TRUE(journal->release(journal->end()).ok());
  EXPECT_EQ(numbers(*journal, {{"t1"}, {}}).front(), 241);
  EXPECT_EQ(numbers(*journal).size(), 400U);
}

// A journal whose topics have several files each in history, but for `rare`, which has two with
// segments between that have none of it, and a last segment.
void fill_history(const fs::path& folder) {
  for (int i = 0; i < 2; ++i) {
    const auto journal = open_journal(folder);
    append_row(*journal, 0, "rare");
    fill(*journal, 1, 240);
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& topic) {
  std::vector<fs::path> found;
  for (const auto& file : fs::directory_iterator(folder / "history" / topic)) {
    found.push_back(file.path());
  }
  std::ranges::sort(found);
  return found;
}

TEST(History, a_file_that_is_missing_is_damage) {
  const TemporaryFolder whole;
  fill_history(whole.path());
  ASSERT_GE(files_of(whole.path(), "t1").size(), 4U);
  ASSERT_EQ(files_of(whole.path(), "rare").size(), 2U);
  open_journal(whole.path());
  EXPECT_TRUE(check_journal(whole.path()).value().damage.empty());
  for (const std::string topic : {"t1", "rare"}) {
    for (const fs::path& file : files_of(whole.path(), topic)) {
      const TemporaryFolder folder;
      fs::copy(whole.path(), folder.path(), fs::copy_options::recursive);
      fs::remove(folder.path() / "history" / topic / file.filename());
      const auto opened = Journal::open(folder.path(), {}, test_clock());
      ASSERT_FALSE(opened.ok()) << file;
      EXPECT_EQ(opened.error().fault, Fault::corrupt);
      const std::string words = "the file *" + file.filename().string().substr(16) + " is missing";
      EXPECT_NE(opened.error().message.find(words), std::string::npos) << opened.error().message;
      const auto damage = check_journal(folder.path()).value().damage;
      ASSERT_EQ(damage.size(), 1U);
      EXPECT_EQ(damage[0], opened.error().message);
    }
    const TemporaryFolder folder;
    fs::copy(whole.path(), folder.path(), fs::copy_options::recursive);
    fs::remove_all(folder.path() / "history" / topic);
    EXPECT_EQ(Journal::open(folder.path(), {}, test_clock()).error().fault, Fault::corrupt);
  }
}

TEST(History, a_file_that_goes_while_the_journal_runs_is_missed_by_readers_of_its_topic) {
  const TemporaryFolder folder;
  fill_history(folder.path());
  const auto journal = open_journal(folder.path());
  const fs::path gone = files_of(folder.path(), "t1")[1];
  fs::remove(gone);
  const auto reader = journal->read({{"t1"}, {}}, 0);
  Result<std::optional<Placed>> placed = reader->next();
  while (placed.ok() && placed.value()) placed = reader->next();
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().fault, Fault::corrupt);
  EXPECT_EQ(placed.error().message.find(gone.string() + " is missing"), 0U);
  EXPECT_EQ(numbers(*journal, {{"t2"}, {}}).size(), 160U);
}

TEST(History, what_retention_or_a_drop_took_is_not_missing) {
  const TemporaryFolder folder;
  fill_history(folder.path());
  {
    const auto journal = open_journal(folder.path());
    ASSERT_TRUE(journal->retain("t0", Instant{}, 9000).ok());
    ASSERT_GT(journal->retained_from("t0"), 0U);
    ASSERT_TRUE(journal->retain("rare", Instant{}, 0).ok());
    ASSERT_TRUE(journal->drop("t1", journal->end() / 2).ok());
    ASSERT_TRUE(journal->drop("t2", journal->end()).ok());
  }
  EXPECT_GT(history_files(folder.path(), "t0"), 0U);
  EXPECT_EQ(history_files(folder.path(), "rare"), 0U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(check_journal(folder.path()).value().damage.empty());
    const auto journal = open_journal(folder.path());
    append_row(*journal, 1, "rare");  // after what went
    fill(*journal, 1, 240);
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
  fs::remove(files_of(folder.path(), "t2").front());
  EXPECT_EQ(check_journal(folder.path()).value().damage.size(), 1U);
  EXPECT_EQ(Journal::open(folder.path(), {}, test_clock()).error().fault, Fault::corrupt);
}

TEST(History, a_segment_that_a_crash_kept_from_being_freed_goes_at_the_next_opening) {
  const TemporaryFolder folder;
  const TemporaryFolder before;
  {
    const auto journal = open_journal(folder.path());
    fill(*journal, 0, 90);
  }
  fs::copy(folder.path(), before.path(), fs::copy_options::recursive);
  const auto segments = segment_paths(folder.path());
  {
    const auto journal = open_journal(folder.path());
    ASSERT_TRUE(journal->release(small_segment).ok());
  }
  ASSERT_FALSE(fs::exists(segments[0]));
  fs::copy(before.path() / "journal" / segments[0].filename(), segments[0]);
  EXPECT_TRUE(check_journal(folder.path()).value().damage.empty());
  for (int opening = 0; opening < 2; ++opening) {
    const auto journal = open_journal(folder.path());
    EXPECT_FALSE(fs::exists(segments[0]));
    EXPECT_EQ(numbers(*journal), count_up(0, 90));
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
}

TEST(History, damage_in_it_is_reported_with_file_and_byte) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    fill(*journal, 0, 90);
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
  const fs::path path = fs::directory_iterator(folder.path() / "history" / "t1")->path();
  std::string bytes = read_bytes(path);
  bytes[200] = static_cast<char>(bytes[200] ^ 4);
  write_bytes(path, bytes);
  const auto journal = open_journal(folder.path());
  const auto reader = journal->read({{"t1"}, {}}, 0);
  Result<std::optional<Placed>> placed = reader->next();
  while (placed.ok() && placed.value()) placed = reader->next();
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().fault, Fault::corrupt);
  EXPECT_NE(placed.error().message.find(path.string() + ": byte "), std::string::npos);
  EXPECT_EQ(reader->next().error().fault, Fault::corrupt) << "it cannot be read past";
  EXPECT_EQ(numbers(*journal, {{"t2"}, {}}).front(), 2);
}

}  // namespace
}  // namespace weir::journal
