#include "journal/committer.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "journal/journal_test.h"

namespace weir::journal {
namespace {

// What the disk is told to make durable, and whether it does.
std::atomic<bool> syncs_fail{false};
std::mutex synced_mutex;
std::vector<std::string> synced;  // names of files; under synced_mutex

void note_sync(int descriptor) {
  const std::filesystem::path link = "/proc/self/fd/" + std::to_string(descriptor);
  std::error_code error;
  const std::string name = std::filesystem::read_symlink(link, error).filename();
  std::lock_guard lock(synced_mutex);
  synced.push_back(name);
}

}  // namespace
}  // namespace weir::journal

// In place of the C library's, for this program.
extern "C" int fdatasync(int descriptor) {
  weir::journal::note_sync(descriptor);
  if (weir::journal::syncs_fail) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace weir::journal {
namespace {

// A process that was killed: its files are as they are, nothing is noted at its end.
void copy_journal(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

TEST(Committer, what_was_refused_after_a_failed_sync_is_not_there_at_the_next_opening) {
  const TemporaryFolder folder;
  const TemporaryFolder copy;
  {
    const auto journal = open_journal(folder.path());
    append_row(*journal, 0);
    syncs_fail = true;
    const auto failed = journal->append_and_wait(group_of(entry_of("clicks", 1)));
    syncs_fail = false;
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().fault, Fault::unavailable);
    EXPECT_NE(failed.error().message.find("takes nothing until it is opened again"),
              std::string::npos);
    // The sync that takes it back failed as well: nobody can promise more.
    EXPECT_NE(failed.error().message.find("may be there after all"), std::string::npos);
    EXPECT_FALSE(journal->append(group_of(entry_of("clicks", 2)), {}).ok());
    EXPECT_FALSE(journal->health().ok());
    copy_journal(folder.path(), copy.path() / "killed");
  }
  for (const auto& path : {folder.path(), copy.path() / "killed"}) {
    const auto journal = open_journal(path);
    EXPECT_EQ(numbers(*journal), count_up(0, 1));
    append_row(*journal, 1);
    EXPECT_EQ(numbers(*journal), count_up(0, 2));
  }
}

TEST(Committer, a_first_group_of_a_segment_that_failed_leaves_a_journal_that_opens) {
  const TemporaryFolder folder;
  {
    const auto journal = open_journal(folder.path());
    syncs_fail = true;
    EXPECT_FALSE(journal->append_and_wait(group_of(entry_of("clicks", 0))).ok());
    syncs_fail = false;
  }
  const auto journal = open_journal(folder.path());
  EXPECT_EQ(numbers(*journal), count_up(0, 0));
}

TEST(Committer, nothing_is_noted_as_durable_before_it_was_synced) {
  const TemporaryFolder folder;
  const TemporaryFolder copy;
  {
    const auto journal = open_journal(folder.path());
    for (int n = 0; n < 16; ++n) append_row(*journal, n);  // a group a page: the segment is full
    copy_journal(folder.path(), copy.path() / "killed");
  }
  {
    std::lock_guard lock(synced_mutex);
    synced.clear();
  }
  const auto journal = open_journal(copy.path() / "killed");
  std::lock_guard lock(synced_mutex);
  const auto segment = std::ranges::find(synced, "0000000000000000.segment");
  const auto identity = std::ranges::find(synced, "draft");
  ASSERT_NE(identity, synced.end());
  EXPECT_LT(segment, identity);
}

TEST(Committer, the_newest_segment_stays_even_when_it_is_full) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  for (int n = 0; n < 16; ++n) append_row(*journal, n);
  EXPECT_TRUE(journal->release(journal->end()).ok());
  EXPECT_EQ(segment_paths(folder.path()).size(), 1U);
  append_row(*journal, 16);
  EXPECT_TRUE(journal->release(journal->end()).ok());
  EXPECT_EQ(segment_paths(folder.path()).size(), 1U);
  EXPECT_EQ(numbers(*journal), count_up(0, 17));
}

TEST(Committer, no_zeros_go_ahead_in_room_that_a_former_use_has_written) {
  const TemporaryFolder folder;
  const auto journal = open_journal(folder.path());
  append_into_a_former_segment(*journal, folder.path());
  const std::string bytes = read_bytes(segment_paths(folder.path()).back());
  const std::size_t behind = bytes.find_first_not_of('\0', page_bytes);
  EXPECT_EQ(behind, page_bytes) << "behind the only group";
}

}  // namespace
}  // namespace weir::journal
