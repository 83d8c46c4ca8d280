// POST /weir/v1/explain {"sql": "..."} or {"api": "name"}: what a query reads, and how.
#pragma once

#include <vector>

#include "serve/api_route.h"
#include "serve/call.h"
#include "serve/sql_route.h"

namespace weir::serve {

// SQL is run for it, to tell how many rows it looked at; an API is not.
net::Response answer_explain(const Call& call, const std::vector<CheckedApi>& apis,
                             SharedChecker& checker);

}  // namespace weir::serve
