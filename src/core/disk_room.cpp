#include "core/disk_room.h"

#include <fmt/format.h>

#include <system_error>

namespace weir {
namespace {

constexpr std::uint64_t megabyte = std::uint64_t{1} << 20;

}  // namespace

Result<void> check_disk_room(const std::filesystem::path& folder, std::uint64_t bytes,
                             std::string_view remark) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(folder, failed);
  if (failed) {
    return Error{Fault::unavailable,
                 fmt::format("looking at {}: {}", folder.string(), failed.message())};
  }
  if (space.available >= bytes) return {};
  const std::uint64_t needed = bytes / megabyte + (bytes % megabyte == 0 ? 0 : 1);
  return Error{Fault::unavailable,
               fmt::format("the disk of {} has too little room: {} MB are free, and {} MB are "
                           "needed{}",
                           folder.string(), space.available / megabyte, needed, remark)};
}

}  // namespace weir
