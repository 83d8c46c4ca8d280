// How much memory the program has taken, and how much it may take.
#pragma once

#include <cstdint>
#include <filesystem>

namespace weir::operate {

// Of this process; 0 where the system does not tell.
std::uint64_t resident_bytes();
// The least that one of its control groups or the machine has; 0 where the system does not tell.
// `root` is where the system's files are.
std::uint64_t memory_limit_bytes(const std::filesystem::path& root = "/");

}  // namespace weir::operate
