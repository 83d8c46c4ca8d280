#include "workspace/starting_point.h"

#include <gtest/gtest.h>

#include <iterator>

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

TEST(StartingPoint, overwrites_nothing) {
  const TemporaryWorkspace folder(std::map<std::string, std::string>{{"pages.yaml", "mine\n"}});
  const auto written = write_starting_point(folder.path());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().fault, Fault::conflict);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "weir.yaml"));
  std::ifstream stream(folder.path() / "pages.yaml");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "mine\n");
}

}  // namespace
}  // namespace weir::workspace
