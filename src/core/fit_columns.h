// Brings rows of an older schema into today's columns.
#pragma once

#include <memory>

#include "core/batch.h"
#include "core/result.h"

namespace weir {

// By name: null in a column that was added since; columns no longer declared are left out. The same
// batch where nothing changed. Fault::conflict where a column has another type now.
Result<std::shared_ptr<const Batch>> fit_columns(std::shared_ptr<const Batch> rows,
                                                 const std::shared_ptr<const Schema>& schema);

}  // namespace weir
