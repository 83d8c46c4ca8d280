// Rows that an expression failed on: set aside with the reason, while the others go on.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/batch.h"
#include "core/clock.h"

namespace weir::dataflow {

struct Poisoning {
  Instant accepted;  // when the row was
  std::string_view reason;
};
void append_poison(Batch& poison, const Poisoning& poisoning, const Batch& rows, std::size_t row);

}  // namespace weir::dataflow
