#include "sql/plan_hash.h"

#include <fmt/format.h>

namespace weir::sql {

std::string hash_of_meaning(std::string_view meaning) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : meaning) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace weir::sql
