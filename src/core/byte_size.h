// Amounts of bytes as users write them: 512B, 64KB, 50GB. As in DuckDB a KB is 1000 bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace weir {

Result<std::size_t> parse_byte_size(std::string_view text);
// The shortest spelling that parse_byte_size reads back.
std::string byte_size_text(std::size_t bytes);

}  // namespace weir
