// GET /api/v1/data/{table}: the rows of a table, filtered, ordered, a page at a time.
#pragma once

#include <string_view>

#include "serve/call.h"

namespace weir::serve {

net::Response answer_data(const Call& call, std::string_view table);

}  // namespace weir::serve
