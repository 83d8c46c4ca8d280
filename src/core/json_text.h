// JSON put together as text, escaped once and in one place.
#pragma once

#include <functional>
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

// [a,b] of what `to_json` makes of each item.
template <class Items, class ToJson>
std::string json_array(Items&& items, const ToJson& to_json) {
  std::string json = "[";
  for (const auto& item : items) {
    if (json.size() > 1) json += ',';
    json += to_json(item);
  }
  return json + "]";
}

// The same of values as they stand.
inline std::string json_array(const std::vector<std::string>& values) {
  return json_array(values, std::identity());
}

}  // namespace weir
