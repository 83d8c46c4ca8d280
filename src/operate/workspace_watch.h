// Notices that a workspace's files have changed, by looking at them now and then.
#pragma once

#include <cstdint>
#include <filesystem>

namespace weir::operate {

// Looks at names, sizes and times of all files but the data folder and hidden ones, as the loader
// does: on network file systems and mounted volumes nothing tells of a change. Owned by one thread.
class WorkspaceWatch {
 public:
  WorkspaceWatch(std::filesystem::path folder, std::filesystem::path data);

  // True once after a change, when two looks on end have found the same: whoever writes several
  // files has then done so.
  bool has_changed();

 private:
  std::uint64_t look() const;

  const std::filesystem::path folder_;
  const std::filesystem::path data_;
  std::uint64_t known_;
  std::uint64_t last_;
};

}  // namespace weir::operate
