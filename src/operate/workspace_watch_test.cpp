#include "operate/workspace_watch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "journal/journal_test.h"

namespace weir::operate {
namespace {

class WorkspaceWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.path() / "data");
    write("weir.yaml", "weir: 1");
    watch_.emplace(folder_.path(), folder_.path() / "data");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
  }
  // What the second and the third look after a change find.
  std::pair<bool, bool> settled() {
    EXPECT_FALSE(watch_->has_changed()) << "a file may still be written to";
    const bool second = watch_->has_changed();
    return {second, watch_->has_changed()};
  }

  const journal::TemporaryFolder folder_;
  std::optional<WorkspaceWatch> watch_;
};

constexpr std::pair<bool, bool> told_once{true, false};
constexpr std::pair<bool, bool> not_told{false, false};

TEST_F(WorkspaceWatchTest, TellsOnceOfAChangedANewAndARemovedFile) {
  EXPECT_EQ(settled(), not_told);
  write("weir.yaml", "weir: 1\nname: shop");
  EXPECT_EQ(settled(), told_once);
  write("orders.sql", "SELECT 1");
  EXPECT_EQ(settled(), told_once);
  std::filesystem::remove(folder_.path() / "orders.sql");
  EXPECT_EQ(settled(), told_once);
}

TEST_F(WorkspaceWatchTest, WaitsUntilTheFilesAreAtRest) {
  write("a.yaml", "1");
  EXPECT_FALSE(watch_->has_changed());
  write("b.yaml", "2");
  EXPECT_EQ(settled(), told_once);
}

TEST_F(WorkspaceWatchTest, LooksAtNothingThatIsNoPartOfAWorkspace) {
  write("data/run.json", "{}");
  write(".hidden.yaml", "1");
  write("weir.yaml~", "1");
  EXPECT_EQ(settled(), not_told);
}

}  // namespace
}  // namespace weir::operate
