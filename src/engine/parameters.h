// Values for a statement's parameters: bound with their types, never written into the SQL.
#pragma once

#include <duckdb.h>

#include <vector>

#include "core/result.h"
#include "engine/database.h"

namespace weir::engine {

// `prepared` belongs to the connection, which casts the texts. Fault::invalid where a text is none
// of its type, or a parameter is missing or too many.
Result<void> bind_parameters(duckdb_connection connection, duckdb_prepared_statement prepared,
                             const std::vector<Parameter>& parameters);

}  // namespace weir::engine
