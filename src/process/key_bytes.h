// Values as bytes that are equal exactly when SQL groups the values together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/column.h"

namespace weir::process {

// Null equals null, -0.0 equals 0.0 and every NaN equals every other.
void append_key_bytes(std::string& bytes, const Column& column, std::size_t row);
// Takes the first value off `bytes` and appends it to the column it was made for.
void append_from_key_bytes(Column& column, std::string_view& bytes);

}  // namespace weir::process
