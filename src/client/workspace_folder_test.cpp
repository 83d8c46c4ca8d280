#include "client/workspace_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "workspace/loader_test.h"

namespace weir::client {
namespace {

TEST(WorkspaceFolder, is_the_nearest_above_one_that_is_there) {
  const workspace::TemporaryWorkspace folder(
      std::map<std::string, std::string>{{"weir.yaml", "weir: 1\nname: t\n"}});
  const auto root = std::filesystem::canonical(folder.path());
  std::filesystem::create_directories(root / "a/b");
  EXPECT_EQ(find_workspace(root / "a/b").value(), root);
  EXPECT_EQ(find_data(root / "a").value(), root / "data");
  EXPECT_EQ(workspace_around(root / "not/there"), root);
  EXPECT_EQ(find_workspace(root / "aa").error().fault, Fault::not_found);
  EXPECT_EQ(find_workspace(root / "weir.yaml").error().fault, Fault::invalid);
}

}  // namespace
}  // namespace weir::client
