// Values as bytes behind each other, and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/column.h"

namespace weir {

// canonical: -0.0 as 0.0, every NaN as one and 24 hours as a day, so that bytes are equal exactly
// when SQL groups the values together. exact: as they are.
enum class ValueForm : std::uint8_t { exact, canonical };

// A mark for null, then the value. Of every type.
void append_value_bytes(std::string& bytes, const Column& column, std::size_t row, ValueForm form);
// A null of any type.
void append_null_bytes(std::string& bytes);
// Takes the first value off `bytes` and appends it to the column it was made for. Whoever had them
// on a disk has made sure that they are still those that were written.
void append_from_value_bytes(Column& column, std::string_view& bytes);

}  // namespace weir
