// Our types as DuckDB's and back.
#pragma once

#include <duckdb.h>

#include <string>

#include "core/result.h"
#include "core/schema.h"
#include "engine/handle.h"

namespace weir::engine {

LogicalType to_duckdb(const Type& type);
// ENUM becomes varchar. Fault::invalid, with the cast to write, for the types we do not keep;
// `column` is the name the message gives.
Result<Type> from_duckdb(const std::string& column, duckdb_logical_type type);

}  // namespace weir::engine
