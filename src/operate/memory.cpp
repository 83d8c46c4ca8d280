#include "operate/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace weir::operate {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

// `none` too where the file says "max".
std::uint64_t number_in(const fs::path& file) {
  std::ifstream stream(file);
  std::uint64_t number = 0;
  return stream >> number ? number : none;
}

// The least of the group's and of those it is in. From within a container its path may lead
// nowhere, and what holds for it stands at the top.
std::uint64_t group_limit(const fs::path& hierarchy, fs::path group, const char* file) {
  std::uint64_t least = number_in(hierarchy / file);
  for (; group.has_relative_path(); group = group.parent_path()) {
    least = std::min(least, number_in(hierarchy / group.relative_path() / file));
  }
  return least;
}

// Lines such as "0::/a/b", and "4:memory:/a/b" of the older kind.
std::uint64_t groups_limit(const fs::path& root) {
  std::ifstream groups(root / "proc/self/cgroup");
  std::uint64_t least = none;
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string kind = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (kind.empty()) {
      least = std::min(least, group_limit(root / "sys/fs/cgroup", group, "memory.max"));
    } else if (kind == "memory") {
      least = std::min(least,
                       group_limit(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

// The first line is "MemTotal:       16384000 kB".
std::uint64_t machine_bytes(const fs::path& root) {
  std::ifstream facts(root / "proc/meminfo");
  std::string name;
  std::uint64_t kilobytes = 0;
  return facts >> name >> kilobytes ? kilobytes * 1024 : none;
}

}  // namespace

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  if (!(statm >> all >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t memory_limit_bytes(const fs::path& root) {
  const std::uint64_t limit = std::min(machine_bytes(root), groups_limit(root));
  return limit == none ? 0 : limit;
}

}  // namespace weir::operate
