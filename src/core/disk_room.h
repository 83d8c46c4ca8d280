// Whether a disk has room for what is about to be written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace weir {

// Fault::unavailable: so many bytes are not free on the disk of `folder`, which is there. `remark`
// is said after how many are needed.
Result<void> check_disk_room(const std::filesystem::path& folder, std::uint64_t bytes,
                             std::string_view remark = {});

}  // namespace weir
