// DuckDB's error texts as our errors.
#pragma once

#include <string>

#include "core/result.h"

namespace weir::engine {

// DuckDB's message without its class and its excerpt of the SQL; the class decides the fault:
// invalid unless DuckDB was interrupted, is out of memory or disk (unavailable), met a broken file
// (corrupt), may not (denied), found another writer (conflict) or is itself at fault (internal).
// Null where DuckDB gives no message.
Error failure(const char* message);

// What a callback of ours tells DuckDB, from which failure() makes the same error again.
std::string callback_failure(const Error& error);

}  // namespace weir::engine
