#include "process/snapshot.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace weir::process {
namespace {

namespace fs = std::filesystem;

class SnapshotFolderTest : public testing::Test {
 protected:
  SnapshotFolderTest() {
    std::string path = (fs::temp_directory_path() / "weir_snapshots_XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
    const auto snapshots = open();
    for (const std::uint64_t sequence : {1, 2}) {
      const Snapshot snapshot{.sequence = sequence, .through = 10 * sequence, .state = "counts"};
      EXPECT_TRUE(snapshots->write(snapshot).ok());
    }
  }
  ~SnapshotFolderTest() override { fs::remove_all(folder_); }

  std::unique_ptr<SnapshotFolder> open() const { return SnapshotFolder::open(folder_).value(); }
  fs::path file(int sequence) const { return folder_ / ("snapshot-" + std::to_string(sequence)); }
  // Reading it fails, as from a bad sector.
  static void make_unreadable(const fs::path& file) {
    fs::remove(file);
    fs::create_directory(file);
  }

  fs::path folder_;
};

TEST_F(SnapshotFolderTest, loads_the_newest_and_needs_the_input_behind_the_older) {
  const auto snapshots = open();
  EXPECT_EQ(snapshots->load().value()->sequence, 2);
  EXPECT_EQ(snapshots->needed(), Position{10});
  EXPECT_EQ(snapshots->passed_over(), "");
}

TEST_F(SnapshotFolderTest, passes_over_one_that_is_damaged) {
  std::ofstream(file(2), std::ios::app) << "x";
  const auto snapshots = open();
  EXPECT_EQ(snapshots->load().value()->sequence, 1);
  EXPECT_EQ(snapshots->passed_over(), file(2).string() + " is damaged");
}

TEST_F(SnapshotFolderTest, passes_over_one_that_cannot_be_read) {
  make_unreadable(file(2));
  const auto snapshots = open();
  EXPECT_EQ(snapshots->load().value()->sequence, 1);
  EXPECT_NE(snapshots->passed_over().find("Is a directory"), std::string::npos);
}

TEST_F(SnapshotFolderTest, says_of_damage_alone_that_it_is_damage) {
  for (const int sequence : {1, 2}) std::ofstream(file(sequence), std::ios::app) << "x";
  EXPECT_EQ(open()->load().error().fault, Fault::corrupt);
  make_unreadable(file(1));
  EXPECT_NE(open()->load().error().fault, Fault::corrupt);
}

}  // namespace
}  // namespace weir::process
