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
#include "sql/plan.h"

namespace weir::serve {

struct Readable {
  using Kind = sql::Readable::Kind;

  std::string name;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> key;  // default order; empty: as the rows arrived
  Kind kind = Kind::table;
  std::string rows_of;  // whose rows they are, where not its own: those of late(s) are its input's

  // The name that a token must be allowed to read.
  const std::string& scope_name() const { return rows_of.empty() ? name : rows_of; }
  // Whether it has a page of its own; the others are read through SQL.
  bool is_table() const { return kind == Kind::table || kind == Kind::static_table; }
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
  // Fault::invalid for a position that the journal has not reached. Fault::unavailable when that
  // was not so by `deadline`, or cannot be any more.
  virtual Result<void> wait(const std::vector<std::string>& relations, Position position,
                            std::chrono::steady_clock::time_point deadline) = 0;
  // Ends all waits, also those to come, with Fault::unavailable.
  virtual void stop() = 0;
};

}  // namespace weir::serve
