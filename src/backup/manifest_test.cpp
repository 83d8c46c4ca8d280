#include "backup/manifest.h"

#include <gtest/gtest.h>

#include <fstream>

#include "journal/journal_test.h"

namespace weir::backup {
namespace {

Manifest with(const std::string& path) {
  return {
      .journal = "abc", .end = 4096, .taken_at = "2001-01-01T00:00:00Z", .files = {{path, 7, 9}}};
}

TEST(Manifest, IsReadAsItWasWritten) {
  const journal::TemporaryFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), with("tables/a \"b\".duckdb")).ok());
  const Manifest read = read_manifest(folder.path()).value();
  EXPECT_EQ(read.end, 4096U);
  EXPECT_EQ(read.journal, "abc");
  ASSERT_EQ(read.files.size(), 1U);
  EXPECT_EQ(read.files[0].path, "tables/a \"b\".duckdb");
  EXPECT_EQ(read.files[0].sum, 9U);
  EXPECT_EQ(read.bytes(), 7U);
}

TEST(Manifest, ThatLeadsOutOfItsFolderOrWasChangedIsRefused) {
  for (const char* path : {"../x", "/etc/x", "a/../../x", "", "a/./b"}) {
    const journal::TemporaryFolder folder;
    ASSERT_TRUE(write_manifest(folder.path(), with(path)).ok());
    EXPECT_EQ(read_manifest(folder.path()).error().fault, Fault::corrupt) << path;
  }
  const journal::TemporaryFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), with("x")).ok());
  std::ofstream(folder.path() / Manifest::file_name, std::ios::app) << " ";
  EXPECT_EQ(read_manifest(folder.path()).error().fault, Fault::corrupt);
  const journal::TemporaryFolder empty;
  EXPECT_EQ(read_manifest(empty.path()).error().fault, Fault::not_found);
}

}  // namespace
}  // namespace weir::backup
