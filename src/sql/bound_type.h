// Types as DuckDB's serialised plans write them.
#pragma once

#include <string>

#include "formats/json_value.h"

namespace weir::sql {

// As SQL, to stand in a CAST; parse_type reads it where it is one of ours.
std::string type_text(const formats::JsonValue& type);
// The same of a bound expression's value.
std::string type_of(const formats::JsonValue& expression);

}  // namespace weir::sql
