#include "store/table_indexes.h"

#include <algorithm>

namespace weir::store {
namespace {

// Rows in the key's order are in that of its first columns too.
bool begins(const index::Order& key, const index::Order& order) {
  return order.size() <= key.size() && std::equal(order.begin(), order.end(), key.begin());
}

index::IndexedTable indexed_table(const TableSpec& spec) {
  index::IndexedTable table{.name = spec.name,
                            .schema = spec.schema,
                            .key = spec.key,
                            .rows_are_final = spec.rows_are_final};
  const bool is_by_key = table.is_key_ordered();
  const auto add = [&](const index::Order& order) {
    const bool is_there = std::ranges::find(table.orders, order) != table.orders.end();
    if (!is_there && !(is_by_key && begins(table.key, order))) table.orders.push_back(order);
  };
  for (const index::Order& order : spec.indexes) add(order);
  if (!spec.retention) return table;
  // Rows that go because of their age must be found.
  table.time = spec.retention->column;
  const bool is_found = std::ranges::any_of(
      table.orders, [&](const index::Order& order) { return order.front() == *table.time; });
  if (!is_found) add({*table.time});
  return table;
}

}  // namespace

std::vector<index::IndexedTable> indexed_tables(const std::vector<TableSpec>& tables) {
  std::vector<index::IndexedTable> indexed;
  for (const TableSpec& table : tables) {
    if (!table.indexes.empty()) indexed.push_back(indexed_table(table));
  }
  return indexed;
}

}  // namespace weir::store
