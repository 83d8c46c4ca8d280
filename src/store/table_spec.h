// A table as the store keeps it: what the workspace says of it, worked out to columns.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"

namespace weir::store {

// Rows whose `column`, a TIMESTAMP, is that much older than the table's newest are dropped.
struct TableRetention {
  std::size_t column = 0;
  std::chrono::seconds age{0};
};

struct TableSpec {
  std::string name;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> key;  // columns; empty: every row is kept
  // The writer gives each key once and never takes a row back: rows are only ever added.
  bool rows_are_final = false;
  std::optional<TableRetention> retention;        // none: rows stay
  std::vector<std::vector<std::size_t>> indexes;  // columns of each

  bool is_upserted() const { return !key.empty() && !rows_are_final; }
};

// One that is stored otherwise than it is declared, and what to do.
struct ChangedTable {
  std::string table;
  std::string message;
};

// Which table a stream's rows go to.
struct Target {
  std::string stream;
  std::string table;

  auto operator<=>(const Target&) const = default;
};

}  // namespace weir::store
