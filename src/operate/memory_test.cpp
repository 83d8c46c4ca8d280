#include "operate/memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "workspace/loader_test.h"

namespace weir::operate {
namespace {

std::uint64_t limit_in(const std::map<std::string, std::string>& files) {
  const workspace::TemporaryWorkspace root(files);
  return memory_limit_bytes(root.path());
}

TEST(Memory, is_limited_by_the_machine_or_the_tightest_group) {
  const std::string meminfo = "MemTotal:       8000 kB\nMemFree:        10 kB\n";
  EXPECT_EQ(limit_in({}), 0);
  EXPECT_EQ(limit_in({{"proc/meminfo", meminfo}}), 8'192'000);
  EXPECT_EQ(limit_in({{"proc/meminfo", meminfo},
                      {"proc/self/cgroup", "0::/a/b\n"},
                      {"sys/fs/cgroup/a/b/memory.max", "max\n"},
                      {"sys/fs/cgroup/a/memory.max", "4096000\n"}}),
            4'096'000);
  EXPECT_EQ(limit_in({{"proc/meminfo", meminfo},
                      {"proc/self/cgroup", "4:memory:/of/the/host\n0::/\n"},
                      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "2048000\n"}}),
            2'048'000);
  EXPECT_EQ(limit_in({{"proc/meminfo", meminfo},
                      {"proc/self/cgroup", "4:memory:/\n"},
                      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}}),
            8'192'000);
}

TEST(Memory, is_taken_within_its_limit) {
  EXPECT_GT(resident_bytes(), 1'000'000);
  EXPECT_GT(memory_limit_bytes(), resident_bytes());
}

}  // namespace
}  // namespace weir::operate
