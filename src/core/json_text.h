// Text as a JSON string, escaped once and in one place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Appends "text" with quotes. Bytes above 0x7f go through as they are: our texts are UTF-8.
void append_json_string(std::string& json, std::string_view text);
std::string json_string(std::string_view text);
// ["a","b"]
std::string json_strings(const std::vector<std::string>& texts);
// A decimal number as JSON writes it, +.50 as 0.50: no plus, no leading zeros, a digit on both
// sides of the point. Empty: it is none.
std::string json_number(std::string_view text);

}  // namespace weir
