#include "operate/drop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "journal/heads.h"
#include "journal/journal_test.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;
using journal::append_row;
using journal::numbers;

class DropTest : public testing::Test {
 protected:
  void SetUp() override { make_table_file("no database"); }
  void make_table_file(const std::string& bytes) {
    fs::create_directories(folder_.path() / "tables");
    journal::write_bytes(table_file_, bytes);
  }
  void append_commit(std::int64_t n) {
    journal::Entry entry = journal::entry_of("pages", n);
    entry.kind = journal::Kind::commit;
    ASSERT_TRUE(journal_->append_and_wait(journal::group_of(std::move(entry))).ok());
  }
  bool finishes() { return finish_drop(folder_.path(), *journal_).ok(); }

  const journal::TemporaryFolder folder_;
  const fs::path table_file_ = folder_.path() / "tables/weir.duckdb";
  const std::unique_ptr<journal::Journal> journal_ = journal::open_journal(folder_.path());
};

TEST_F(DropTest, FinishedLaterItKeepsTheEventsThatCameMeanwhile) {
  append_row(*journal_, 1, "visits");
  ASSERT_TRUE(begin_drop(folder_.path(), {.topics = {"visits"}, .tables = {"seen"}}).ok());
  append_row(*journal_, 2, "visits");  // the server is still at work
  ASSERT_FALSE(finishes());
  EXPECT_EQ(numbers(*journal_, {{"visits"}, {}}), journal::count_up(1, 3)) << "nothing is dropped";
  append_row(*journal_, 3, "visits");
  ASSERT_FALSE(finishes());
  fs::remove(table_file_);
  ASSERT_TRUE(finishes());
  EXPECT_EQ(numbers(*journal_, {{"visits"}, {}}), journal::count_up(3, 4));
  EXPECT_EQ(begun_drop(folder_.path()).value(), std::vector<std::string>());
}

TEST_F(DropTest, FinishedLaterItDropsAllThatAStreamHasGiven) {
  append_commit(1);
  ASSERT_TRUE(begin_drop(folder_.path(), {.topics = {"pages"}, .tables = {"pages"}}).ok());
  ASSERT_FALSE(finishes());
  append_commit(2);
  fs::remove(table_file_);
  ASSERT_TRUE(finishes());
  EXPECT_EQ(journal_->dropped_before("pages"), journal_->end());
}

TEST_F(DropTest, OneThatWasSetAboutIsNotAbandoned) {
  append_row(*journal_, 1, "visits");
  const DropPlan plan{.topics = {"visits"}, .tables = {"seen"}};
  ASSERT_TRUE(begin_drop(folder_.path(), plan).ok());
  ASSERT_TRUE(abandon_drop(folder_.path()).ok());
  EXPECT_EQ(begun_drop(folder_.path()).value(), std::vector<std::string>());
  ASSERT_TRUE(begin_drop(folder_.path(), plan).ok());
  ASSERT_FALSE(finishes());
  ASSERT_TRUE(abandon_drop(folder_.path()).ok());
  EXPECT_EQ(begun_drop(folder_.path()).value(), (std::vector<std::string>{"visits", "seen"}));
}

}  // namespace
}  // namespace weir::operate
