// Text from outside on its way to somebody's screen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

// Controls, of ASCII and of C1 as UTF-8 has them, as \n and \x1b: none may move a terminal's
// cursor, name its window or break a line.
std::string without_controls(std::string_view text);
// At most so many bytes of its front, and no character in part.
std::string_view front_of(std::string_view text, std::size_t bytes_max);

}  // namespace weir
