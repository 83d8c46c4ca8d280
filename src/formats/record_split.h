// Where the records of a body begin and end, found without trusting any of them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace weir::formats {

// Takes the next line with something on it from the front of `body`, without its line end
// ("\n" or "\r\n"); false when there is none.
bool take_line(std::string_view& body, std::string_view& line);
// The elements of the array that `text` is, without the white space around them. Only brackets,
// strings and commas are looked at: an element may still be broken in itself. Fault::invalid where
// the array does not close, or something stands behind it. Goes no further than one element beyond
// `elements_max`.
Result<std::vector<std::string_view>> split_array(std::string_view text, std::size_t elements_max);
// Without JSON's white space at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace weir::formats
