// Tells from a path what events may be sent to it, and which source they are for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workspace/declarations.h"

namespace weir::collect {

enum class Route { ingest, watermark, beacon, own_path, snippet };

struct Address {
  Route route = Route::ingest;
  std::string_view name;              // of the source, as it stands in the path
  std::optional<std::size_t> source;  // which one; nothing: there is none of that name
};

// Never changes.
class Addresses {
 public:
  explicit Addresses(const std::vector<workspace::Source>& sources);

  // Whether the path lies where only events are sent to, be there an address or not.
  bool takes(std::string_view path) const;
  // Nothing: no address. Views into `path`.
  std::optional<Address> find(std::string_view path) const;
  std::optional<std::size_t> source(std::string_view name) const;

 private:
  std::unordered_map<std::string, std::size_t> by_name_;
  std::unordered_map<std::string, std::size_t> by_path_;
};

}  // namespace weir::collect
