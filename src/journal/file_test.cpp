#include "journal/file.h"

#include <fcntl.h>

#include <numeric>

#include "journal/journal_test.h"

namespace weir::journal {
namespace {

std::string written_by(const std::filesystem::path& path, int flags,
                       const std::vector<std::string_view>& parts) {
  auto opened = File::open(path, O_RDWR | O_CREAT | O_TRUNC | flags);
  if (!opened.ok()) return "this file system cannot";
  PageWriter pages;
  EXPECT_TRUE(pages.write(opened.value(), parts, page_bytes).ok());
  return read_bytes(path).substr(page_bytes);
}

TEST(PageWriter, writes_parts_of_any_size_from_anywhere_as_whole_pages) {
  const TemporaryFolder folder;
  std::string bytes(3 << 20, '\0');  // more than are gathered at once
  std::iota(bytes.begin(), bytes.end(), '\0');
  const std::string_view all = bytes;
  const std::vector<std::vector<std::string_view>> cases = {
      {all.substr(1, 5)},
      {all.substr(1, 60), all.substr(61, page_bytes), all.substr(3, 1)},
      {all.substr(7, page_bytes)},
      {all.substr(0, 100), all.substr(100)},
      {all.substr(0, 1 << 20)},
      {all.substr(9, 1 << 20), all.substr(0, 1)},
  };
  for (const auto& parts : cases) {
    std::string wanted;
    for (const std::string_view part : parts) wanted += part;
    wanted.resize(whole_pages(wanted.size()));
    const std::string usual = written_by(folder.path() / "usual", 0, parts);
    const std::string direct = written_by(folder.path() / "direct", O_DIRECT, parts);
    EXPECT_TRUE(usual == wanted) << wanted.size();
    EXPECT_TRUE(direct == wanted || direct == "this file system cannot") << wanted.size();
  }
}

}  // namespace
}  // namespace weir::journal
