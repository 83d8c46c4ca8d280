// What the gateway can read by name, worked out by operate when the workspace starts.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/position.h"
#include "core/result.h"
#include "core/schema.h"

namespace weir::serve {

struct Readable {
  std::string name;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> key;  // default order; empty: as the rows arrived
  std::string kind;              // "table", "static table", "source"
};

struct Readables {
  std::vector<Readable> all;

  const Readable* find(std::string_view name) const {
    const auto found = std::ranges::find(all, name, &Readable::name);
    return found == all.end() ? nullptr : &*found;
  }
};

// Lets a read wait until what it reads has caught up.
class Freshness {
 public:
  virtual ~Freshness() = default;
  // Returns once everything up to `position` is processed and applied to these relations.
  // Fault::unavailable when that was not so by `deadline`.
  virtual Result<void> wait(const std::vector<std::string>& relations, Position position,
                            std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace weir::serve
