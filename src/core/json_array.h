// A JSON array of values, put together in one place.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weir {

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
