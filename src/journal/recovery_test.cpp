#include "journal/recovery.h"

#include <random>
#include <vector>

#include "journal/block.h"
#include "journal/inspect.h"
#include "journal/journal_test.h"
#include "journal/segment_scan.h"

namespace weir::journal {
namespace {

namespace fs = std::filesystem;

void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

Recovered recovered(const fs::path& folder) {
  const auto identity = read_identity(folder / "journal").value();
  auto found = recover(folder / "journal", *identity);
  EXPECT_TRUE(found.ok()) << found.error().message;
  return std::move(found).value();
}

// The bytes of the newest segment before and after the last group was written, and a folder that
// looks as it did then.
struct LastGroup {
  TemporaryFolder crashed;
  fs::path segment;
  std::string before;
  std::string after;
  std::size_t at = 0;  // where in the segment it begins
  Position begin = 0;
  Position end = 0;
  std::int64_t entries_before = 0;

  std::size_t pages() const { return (end - begin) / page_bytes; }
  // What the disk has when only some of the group's pages reached it.
  std::string with_pages(const std::vector<bool>& reached) const {
    std::string bytes = before;
    for (std::size_t page = 0; page < reached.size(); ++page) {
      const std::size_t from = at + page * page_bytes;
      if (reached[page]) bytes.replace(from, page_bytes, after, from, page_bytes);
    }
    return bytes;
  }
};

enum class Room { fresh, recycled };

std::unique_ptr<LastGroup> write_last_group(Room room, std::size_t rows) {
  auto last = std::make_unique<LastGroup>();
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path(), {.segment_bytes = 64 * page_bytes});
  std::int64_t n = 0;
  if (room == Room::recycled) {
    while (n < 150) append_row(*journal, n++);
    EXPECT_TRUE(journal->release(journal->end()).ok());
    while (segment_paths(folder.path()).size() < 2) append_row(*journal, n++);
  }
  for (int i = 0; i < 5; ++i) append_row(*journal, n++);
  last->entries_before = n;
  last->begin = journal->end();
  const fs::path segment = segment_paths(folder.path()).back();
  last->before = read_bytes(segment);
  std::vector<Entry> entries;
  for (int i = 0; i < 3; ++i) entries.push_back(entry_of("clicks", n++, rows / 3));
  last->end = journal->append_and_wait(std::move(entries)).value();
  last->after = read_bytes(segment);
  EXPECT_EQ(segment_paths(folder.path()).back(), segment);
  copy_folder(folder.path(), last->crashed.path());
  last->segment = last->crashed.path() / "journal" / segment.filename();
  last->at = last->begin - std::stoull(segment.stem().string(), nullptr, 16);
  return last;
}

void expect_whole_or_gone(const LastGroup& last, const std::string& bytes) {
  write_bytes(last.segment, bytes);
  const bool is_whole = bytes.size() >= last.at + (last.end - last.begin) &&
                        bytes.compare(last.at, last.end - last.begin, last.after, last.at,
                                      last.end - last.begin) == 0;
  ASSERT_EQ(recovered(last.crashed.path()).end, is_whole ? last.end : last.begin);
}

TEST(Recovery, every_prefix_of_the_last_group_is_cut_and_all_before_it_is_kept) {
  for (const Room room : {Room::fresh, Room::recycled}) {
    const auto last = write_last_group(room, 60);
    const std::size_t group_bytes = last->end - last->begin;
    for (std::size_t bytes = 0; bytes < group_bytes; bytes += 197) {
      std::string torn = last->before;
      torn.replace(last->at, bytes, last->after, last->at, bytes);
      expect_whole_or_gone(*last, torn);
      torn.resize(last->at + bytes);
      expect_whole_or_gone(*last, torn);
    }
  }
}

TEST(Recovery, any_pages_of_a_small_last_group_may_be_missing) {
  for (const Room room : {Room::fresh, Room::recycled}) {
    const auto last = write_last_group(room, 270);
    ASSERT_GE(last->pages(), 5u);
    ASSERT_LE(last->pages(), 9u);
    for (std::size_t subset = 0; subset < std::size_t{1} << last->pages(); ++subset) {
      std::vector<bool> reached;
      for (std::size_t page = 0; page < last->pages(); ++page) {
        reached.push_back((subset >> page & 1) == 1);
      }
      expect_whole_or_gone(*last, last->with_pages(reached));
    }
  }
}

TEST(Recovery, goes_on_after_a_crash_whatever_pages_of_the_last_group_were_missing) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto last = write_last_group(Room::recycled, 1200);
  const TemporaryFolder folder;
  for (int round = 0; round < 12; ++round) {
    std::vector<bool> reached(last->pages());
    for (auto&& is_there : reached) is_there = random() % 4 != 0;
    write_bytes(last->segment, last->with_pages(reached));
    const bool is_whole = recovered(last->crashed.path()).end == last->end;
    copy_folder(last->crashed.path(), folder.path());
    std::int64_t expected = last->entries_before + (is_whole ? 3 : 0);
    for (int opening = 0; opening < 2; ++opening) {
      const auto journal = open_journal(folder.path());
      ASSERT_EQ(numbers(*journal), count_up(0, expected));
      append_row(*journal, expected++);
      ASSERT_EQ(numbers(*journal), count_up(0, expected));
    }
  }
}

// A place in a file that a checksum covers.
struct Covered {
  fs::path path;
  std::uint64_t byte = 0;
};

std::vector<Covered> covered_places(const fs::path& folder, std::mt19937& random) {
  const std::uint64_t seed = read_identity(folder / "journal").value()->seed();
  std::vector<Covered> places;
  for (const Segment& segment : recovered(folder).segments) {
    SegmentScan scan(segment, seed, segment.start, segment.end);
    while (const auto block = scan.next().value()) {
      const std::uint64_t bytes =
          sizeof(BlockHeader) + block->topic.size() + block->header.payload_bytes;
      const fs::path& path = segment.file->path();
      places.push_back({path, scan.group_begin() - segment.start + random() % sizeof(GroupHeader)});
      places.push_back({path, block->offset + random() % sizeof(BlockHeader)});
      places.push_back({path, block->offset + random() % bytes});
    }
  }
  return places;
}

// Reads everything; why it could not.
Result<std::vector<std::int64_t>> read_all(const fs::path& folder) {
  TRY(const auto journal, Journal::open(folder, {.segment_bytes = small_segment}, test_clock()));
  std::vector<std::int64_t> found;
  const auto reader = journal->read({}, 0);
  while (true) {
    TRY(const auto placed, reader->next());
    if (!placed) return found;
    found.push_back(placed->entry->batches[0]->column(0).values<std::int64_t>()[0]);
  }
}

TEST(Recovery, a_flipped_bit_anywhere_is_reported_with_file_and_byte) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const TemporaryFolder whole;
  {
    const auto journal = open_journal(whole.path());
    for (std::int64_t n = 0; n < 20; ++n) append_row(*journal, n);
  }
  const auto places = covered_places(whole.path(), random);
  ASSERT_EQ(places.size(), 60u);
  const TemporaryFolder damaged;
  for (const Covered& place : places) {
    copy_folder(whole.path(), damaged.path());
    const fs::path path = damaged.path() / "journal" / place.path.filename();
    std::string bytes = read_bytes(path);
    bytes[place.byte] = static_cast<char>(bytes[place.byte] ^ (1 << random() % 8));
    write_bytes(path, bytes);
    const auto read = read_all(damaged.path());
    ASSERT_FALSE(read.ok()) << path << " byte " << place.byte;
    EXPECT_EQ(read.error().fault, Fault::corrupt);
    EXPECT_NE(read.error().message.find(path.string() + ": byte "), std::string::npos)
        << read.error().message;
  }
}

TEST(Recovery, damage_before_a_later_group_is_found_even_without_a_clean_end) {
  const TemporaryFolder folder;
  const TemporaryFolder crashed;
  {
    const auto journal = open_journal(folder.path());
    for (std::int64_t n = 0; n < 6; ++n) append_row(*journal, n);
    copy_folder(folder.path(), crashed.path());
  }
  const fs::path path = segment_paths(crashed.path())[0];
  std::string bytes = read_bytes(path);
  const std::size_t third_entry = 2 * page_bytes + sizeof(GroupHeader);
  bytes[third_entry + 40] = static_cast<char>(bytes[third_entry + 40] ^ 1);
  write_bytes(path, bytes);
  const auto opened = Journal::open(crashed.path(), {}, test_clock());
  EXPECT_EQ(opened.error().fault, Fault::corrupt);
  EXPECT_NE(opened.error().message.find("byte " + std::to_string(third_entry)), std::string::npos);
}

TEST(Recovery, a_segment_that_is_missing_is_damage) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    for (std::int64_t n = 0; n < 50; ++n) append_row(*journal, n);
  }
  const auto paths = segment_paths(folder.path());
  ASSERT_GE(paths.size(), 3u);
  fs::remove(paths[1]);
  const auto middle = Journal::open(folder.path(), {}, test_clock());
  EXPECT_EQ(middle.error().fault, Fault::corrupt);
  fs::remove(paths[0]);
  for (std::size_t i = 3; i < paths.size(); ++i) fs::remove(paths[i]);
  const auto newest = Journal::open(folder.path(), {}, test_clock());
  EXPECT_EQ(newest.error().fault, Fault::corrupt);
}

TEST(Recovery, the_oldest_segment_or_all_of_them_missing_is_damage) {
  const TemporaryFolder folder;
  for (const bool has_released : {false, true}) {
    {
      const auto journal = open_journal(folder.path());
      for (std::int64_t n = 0; n < 50; ++n) append_row(*journal, n);
      if (has_released) {
        ASSERT_TRUE(journal->release(journal->end() / 2).ok());
      }
    }
    const auto paths = segment_paths(folder.path());
    ASSERT_GE(paths.size(), 3u);
    for (const bool all : {false, true}) {
      const TemporaryFolder damaged;
      copy_folder(folder.path(), damaged.path());
      for (const fs::path& path : segment_paths(damaged.path())) {
        fs::remove(path);
        if (!all) break;
      }
      const auto opened = Journal::open(damaged.path(), {}, test_clock());
      ASSERT_FALSE(opened.ok());
      EXPECT_EQ(opened.error().fault, Fault::corrupt);
      EXPECT_NE(opened.error().message.find(paths[0].filename().string() + " is missing"),
                std::string::npos)
          << opened.error().message;
      const auto damage = check_journal(damaged.path()).value().damage;
      ASSERT_EQ(damage.size(), 1U);
      EXPECT_EQ(damage[0], opened.error().message);
    }
  }
}

TEST(Recovery, a_first_group_that_failed_behind_all_that_was_released_is_not_missing) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    std::int64_t n = 0;
    while (segment_paths(folder.path()).size() < 2) append_row(*journal, n++);
    ASSERT_TRUE(journal->release(journal->end()).ok());
  }
  // As its failed write leaves it, and without the end that a clean close notes.
  const auto newest = segment_paths(folder.path()).back();
  write_bytes(newest, "");
  Identity identity = *read_identity(folder.path() / "journal").value();
  identity.durable = 0;
  ASSERT_TRUE(write_identity(folder.path() / "journal", identity).ok());
  EXPECT_TRUE(check_journal(folder.path()).value().damage.empty());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(open_journal(folder.path())->end(), identity.released);
  }
}

TEST(Recovery, groups_of_a_segments_former_use_do_not_come_alive) {
  const TemporaryFolder folder;
  const TemporaryFolder crashed;
  const auto journal = open_journal(folder.path());
  // Its pages are full of old groups.
  std::int64_t n = append_into_a_former_segment(*journal, folder.path());
  const std::string bytes = read_bytes(segment_paths(folder.path()).back());
  ASSERT_NE(bytes.find_last_not_of('\0'), std::string::npos);
  ASSERT_GT(bytes.find_last_not_of('\0'), 3 * page_bytes);
  for (int i = 0; i < 3; ++i) {
    copy_folder(folder.path(), crashed.path());
    EXPECT_EQ(recovered(crashed.path()).end, journal->end());
    EXPECT_EQ(numbers(*open_journal(crashed.path())), count_up(0, n));
    append_row(*journal, n++);
  }
}

TEST(Recovery, positions_never_begin_anew_when_all_segments_were_released) {
  const TemporaryFolder folder;
  Position end = 0;
  for (std::int64_t opening = 0; opening < 3; ++opening) {
    const auto journal = open_journal(folder.path());
    EXPECT_EQ(journal->end(), end);
    ASSERT_TRUE(journal->release(journal->end()).ok());
    EXPECT_TRUE(segment_paths(folder.path()).empty());
    end = append_row(*journal, opening);
    EXPECT_EQ(numbers(*journal), count_up(0, opening + 1));
  }
}

}  // namespace
}  // namespace weir::journal
