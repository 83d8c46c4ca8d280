// Undoes a body's Content-Encoding, with a bound on what may come out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace weir::formats {

// `encoding` is "gzip", "zstd", "identity" or empty. Fault::invalid: broken bytes or an encoding we
// do not know; Fault::denied: more than `bytes_max` would come out.
Result<std::string> decompress(std::string_view body, std::string_view encoding,
                               std::size_t bytes_max);

}  // namespace weir::formats
