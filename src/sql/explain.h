// Shows what a stream's SQL became: for `weir explain`, and for the tests of the compiler.
#pragma once

#include <string>

#include "sql/plan.h"

namespace weir::sql {

// A node a line, its input below it, two spaces further in.
std::string explain_text(const Plan& plan);
// {"windowed", "append_only", "key", "reads", "hash", "columns", "plan"}.
std::string explain_json(const Plan& plan);

}  // namespace weir::sql
