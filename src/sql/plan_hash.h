// A stream's identity: whether its stored state still means what its SQL says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::sql {

// 16 hexadecimal digits of FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/
std::string hash_of_meaning(std::string_view meaning);

}  // namespace weir::sql
