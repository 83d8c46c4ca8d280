// A row as the index file stores it: its values, and a sum of them by which damage is told.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/batch.h"
#include "core/result.h"

namespace weir::index {

// Of the row's first `columns`.
std::string row_bytes(const Batch& rows, std::size_t row, std::size_t columns);

// Appends the row to `rows`, whose columns are those it was written with. Fault::corrupt: these are
// not bytes that were written; then nothing was appended.
Result<void> append_row(Batch& rows, std::string_view bytes);

}  // namespace weir::index
