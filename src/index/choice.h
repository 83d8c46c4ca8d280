// Chooses the order of a table in which the rows of a query stand close together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "index/indexed_table.h"
#include "index/row_query.h"

namespace weir::index {

// Bytes of an order: from the first, before the second.
struct Range {
  std::string from;
  std::string to;
};

// What a column is held to; more of it are fewer rows.
enum class Hold : std::uint8_t { nothing, range, values };

struct Choice {
  // Into IndexedTable::orders; nothing: the key's own.
  std::optional<std::size_t> order;
  Order columns;              // of that order
  std::vector<Range> ranges;  // in their order; they share nothing
  std::size_t equal = 0;      // leading columns that are held to one value
  Hold next = Hold::nothing;  // how the column after them is held
  bool gives_order = false;   // rows come out as they are wanted

  std::size_t bound_columns() const { return equal + (next == Hold::nothing ? 0 : 1); }
};

// Nothing where every order would be read whole, to be sorted afterwards.
std::optional<Choice> choose(const IndexedTable& table, const RowQuery& query);

}  // namespace weir::index
