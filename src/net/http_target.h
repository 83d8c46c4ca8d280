// Takes a request's target apart and undoes its percent-encoding.
#pragma once

#include <string_view>

#include "core/result.h"
#include "net/http.h"

namespace weir::net {

// Fills the request's path and query, whose method is known. Takes "/path?query", the same behind
// "http://host", and "*" for OPTIONS. Fault::invalid for broken escapes, a NUL, what is not UTF-8,
// and a path with "..": whoever opens files by a path need not think of it.
Result<void> read_target(std::string_view target, Request& request);

}  // namespace weir::net
