// A kernel with as little of the engine as its plan allows.
#pragma once

#include <memory>

#include "engine/kernel.h"
#include "sql/plan.h"

namespace weir::dataflow {

// Gives what the node's SQL gives. The engine is asked for all of it only where the windows of a
// batch have a time that is infinite or more than 73,000 years off.
Result<std::unique_ptr<engine::Kernel>> prepare_kernel(
    const sql::KernelNode& node, const std::shared_ptr<engine::Database>& database);

}  // namespace weir::dataflow
