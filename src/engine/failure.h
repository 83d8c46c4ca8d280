// DuckDB's error texts as our errors.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace weir::engine {

// DuckDB's message without its class and its excerpt of the SQL; the class decides the fault:
// invalid unless DuckDB was interrupted, is out of memory or disk (unavailable), met a broken file
// (corrupt), may not (denied), found another writer (conflict) or is itself at fault (internal).
// Null where DuckDB gives no message.
Error failure(const char* message);

// Of SQL that goes deeper than can be read.
inline constexpr std::string_view too_deep_words =
    "too much stands within one another here: write fewer parentheses, lists or operators into "
    "each other, IN for a list of ORs, or a WITH for each level";

// A message of DuckDB's in words for who cannot set it up: without its advice, and with what to
// write where a text is too deep.
std::string in_words_of_ours(std::string_view message);

// What a callback of ours tells DuckDB, from which failure() makes the same error again.
std::string callback_failure(const Error& error);

}  // namespace weir::engine
