// Checks what stands behind an option, in the words of a person.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace weir::client {

// What is wrong with the argument; empty: nothing.
using ArgumentCheck = std::function<std::string(const std::string&)>;

// Both bounds included.
ArgumentCheck whole_number(std::int64_t min,
                           std::int64_t max = std::numeric_limits<std::int64_t>::max());
ArgumentCheck number(double min, double max);
ArgumentCheck one_of(std::vector<std::string> words);

}  // namespace weir::client
