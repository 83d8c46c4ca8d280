// What became of reading a text as a value of some type.
#pragma once

#include <cstdint>

namespace weir {

// wrong_type: no value of that type is written so; out_of_range: one is, but it does not fit.
enum class Fit : std::uint8_t { good, wrong_type, out_of_range };

}  // namespace weir
