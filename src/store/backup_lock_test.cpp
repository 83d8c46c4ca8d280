#include "store/backup_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "journal/journal_test.h"

namespace weir::store {
namespace {

TEST(BackupLock, LetsChangesOverlapAndABackupBeAlone) {
  const journal::TemporaryFolder folder;
  const auto file = BackupLock::of_tables(folder.path());
  std::atomic<bool> is_copying = false;
  std::optional<std::jthread> backup;
  {
    const auto one = BackupLock::change(file).value();
    const auto other = BackupLock::change(file).value();
    ASSERT_TRUE(one && other);
    backup.emplace([&] {
      const BackupLock copying = BackupLock::copy(file).value();
      is_copying = true;
      // Whoever is stopped meanwhile does not wait.
      std::stop_source stop;
      stop.request_stop();
      EXPECT_FALSE(BackupLock::change(file, stop.get_token()).value());
      is_copying = false;
    });
    EXPECT_FALSE(is_copying);
  }
  const auto next = BackupLock::change(file).value();
  EXPECT_TRUE(next);
  EXPECT_FALSE(is_copying);
}

}  // namespace
}  // namespace weir::store
