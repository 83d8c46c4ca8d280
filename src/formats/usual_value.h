// Values as they are mostly written, read straight into their column.
#pragma once

#include "core/column.h"
#include "core/event_rules.h"

namespace weir::formats {

// Appends the value at `at` to the column as append_scalar would, and returns where it ends. Null,
// and nothing done, where it is not written in the usual way of its type: then append_scalar knows.
using UsualReader = const char* (*)(const char* at, const char* end, Column& column);

// Null where a type has none.
UsualReader usual_reader(const Type& type, TimeFormat format);

}  // namespace weir::formats
