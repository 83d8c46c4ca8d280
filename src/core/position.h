// Where a record stands in the journal: the number that orders everything Weir has accepted or
// decided.
#pragma once

#include <cstdint>

namespace weir {

// A byte address in the endless journal. Larger is later. 0 is before the first record.
using Position = std::uint64_t;

}  // namespace weir
