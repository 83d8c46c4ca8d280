// Compares what streams made with what the same SQL gives over all rows at once, by EXCEPT ALL both
// ways. After OpenIVM's way of testing incremental views.
#pragma once

#include <string>

#include "core/result.h"
#include "run.h"

namespace weir::golden {

// The differences between the stream's rows and plain DuckDB over the whole input less the rows
// that came late for it; empty when there are none. `late_for_some_windows`: those rows count in
// some of their windows, so that only windows without any of them are compared.
Result<std::string> differences_from_batch(const Outcome& outcome, const std::string& stream,
                                           bool late_for_some_windows);

// The differences between the relation's rows and the CSV, over the columns that it names.
Result<std::string> differences_from_csv(const Outcome& outcome, const Expected& expected);

// The relation's rows as the CSV of an `== expect` section.
Result<std::string> as_csv(const Outcome& outcome, const std::string& relation);

}  // namespace weir::golden
