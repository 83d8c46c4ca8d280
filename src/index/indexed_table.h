// A table as its indexes keep it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"

namespace weir::index {

// Columns by which rows stand in order; rows alike in them by the table's key, or as they came.
using Order = std::vector<std::size_t>;

struct IndexedTable {
  std::string name;
  std::shared_ptr<const Schema> schema;
  Order key;  // unique; empty: every row is kept, as it came
  // Each key comes once: no row before it need be looked for.
  bool rows_are_final = false;
  std::vector<Order> orders;        // beside the key's own
  std::optional<std::size_t> time;  // the column that retention counts by

  // Whether the key's columns all have an order, so that the key is an order too.
  bool is_key_ordered() const {
    bool ordered = !key.empty();
    for (const std::size_t column : key) {
      ordered = ordered && has_order(schema->columns[column].type);
    }
    return ordered;
  }
  // At most so much goes into the indexes with rows of so many bytes: the rows, and in each order
  // their columns and key.
  std::size_t bytes_with(std::size_t bytes) const { return bytes * (1 + 2 * orders.size()); }
};

}  // namespace weir::index
