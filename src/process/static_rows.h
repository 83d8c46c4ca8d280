// Tells whether a static table has the rows that a stream joined before it was stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/batch.h"

namespace weir::process {

// Of the rows in their order, wherever the batches end.
std::uint64_t hash_of_rows(const std::vector<std::shared_ptr<const Batch>>& batches);

}  // namespace weir::process
