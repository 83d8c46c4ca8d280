#include "workspace/starting_point.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "workspace/compiled.h"
#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

TEST(StartingPoint, is_a_workspace_that_compiles) {
  const TemporaryWorkspace folder({});
  ASSERT_TRUE(write_starting_point(folder.path() / "new").ok());
  auto loaded = load(folder.path() / "new");
  ASSERT_EQ(loaded.index(), 0U) << text_of(std::get<1>(loaded));
  const auto compiled = compile(std::get<0>(std::move(loaded)));
  ASSERT_EQ(compiled.index(), 0U) << text_of(std::get<1>(compiled));
  const CompiledWorkspace& workspace = std::get<0>(compiled);
  EXPECT_EQ(workspace.streams.size(), 1U);
  EXPECT_EQ(workspace.apis.size(), 1U);
  EXPECT_EQ(workspace.declared.tests.size(), 1U);
  ASSERT_EQ(workspace.tables.size(), 1U);
  EXPECT_TRUE(workspace.tables[0].rows_are_final);
}

std::string text_in(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(StartingPoint, is_not_written_beside_files_that_would_be_the_workspaces) {
  for (const char* name : {"weir.yaml", "pages.yaml", "compose.yml", "deep/er.yaml"}) {
    const TemporaryWorkspace folder(std::map<std::string, std::string>{{name, "mine\n"}});
    const auto written = write_starting_point(folder.path());
    ASSERT_FALSE(written.ok()) << name;
    EXPECT_EQ(written.error().fault, Fault::conflict);
    EXPECT_NE(written.error().message.find(name), std::string::npos) << written.error().message;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / ".gitignore"));
    EXPECT_EQ(text_in(folder.path() / name), "mine\n");
  }
}

TEST(StartingPoint, leaves_other_files_as_they_are_and_tells_of_its_own) {
  const TemporaryWorkspace folder(
      std::map<std::string, std::string>{{"README.md", "mine\n"}, {".gitignore", "mine\n"}});
  const auto written = write_starting_point(folder.path());
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written.value(), std::vector{folder.path() / ".gitignore"});
  EXPECT_EQ(text_in(folder.path() / ".gitignore"), "mine\n");
  EXPECT_EQ(load(folder.path()).index(), 0U);
}

}  // namespace
}  // namespace weir::workspace
