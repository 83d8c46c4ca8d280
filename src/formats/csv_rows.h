// Rows as CSV (RFC 4180): a null is nothing, an empty text is "".
#pragma once

#include <cstddef>
#include <string>

#include "core/batch.h"

namespace weir::formats {

// The names, then a line end.
void append_csv_head(std::string& csv, const Schema& schema);
// Structured values as JSON, all others as JSON writes them, without its quotes.
void append_csv_row(std::string& csv, const Batch& rows, std::size_t row);

}  // namespace weir::formats
