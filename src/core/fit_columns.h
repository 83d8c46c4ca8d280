// Brings rows of an older schema into today's columns.
#pragma once

#include <memory>

#include "core/batch.h"
#include "core/result.h"

namespace weir {

// Whether every value of `stored` is one of `wanted`: the same type, a wider integer, a float as
// double, a date as the timestamp of its midnight.
bool holds_all_of(const Type& wanted, const Type& stored);

// By name: null in a column that was added since; columns no longer declared are left out. The same
// batch where nothing changed. Fault::conflict where a column has a type now that does not hold all
// of the one before.
Result<std::shared_ptr<const Batch>> fit_columns(std::shared_ptr<const Batch> rows,
                                                 const std::shared_ptr<const Schema>& schema);

}  // namespace weir
