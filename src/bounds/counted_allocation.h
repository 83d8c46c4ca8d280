// Counts, and refuses as StatementBounds has it, what DuckDB allocates for vectors, texts and lists
// and what it takes with `new`.
#pragma once

namespace weir::bounds {

// Whether DuckDB allocates through it: no, where it is another DuckDB than the one that is known.
bool allocations_are_counted();

}  // namespace weir::bounds
