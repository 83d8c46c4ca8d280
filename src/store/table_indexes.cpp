#include "store/table_indexes.h"

#include <algorithm>

namespace weir::store {
namespace {

// Rows put in one transaction: what is not committed yet is kept twice.
constexpr std::uint64_t transaction_rows_max = 200'000;

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

std::size_t index_bytes(const index::IndexedTable& table, std::size_t bytes) {
  return bytes * (1 + 2 * table.orders.size());
}

Result<void> put_anew(const TableStore& store, engine::Connection& connection,
                      const TableSpec& table, const index::IndexPlace& place) {
  index::OrderedIndexes& indexes = *store.indexes();
  const index::IndexedTable& indexed = *indexes.find(table.name);
  OK_OR_RETURN(indexes.begin());
  OK_OR_RETURN(indexes.empty(table.name));
  TRY(const auto rows, connection.query("SELECT * FROM " + engine::quote_name(table.name)));
  std::uint64_t count = 0;  // they come as they were put
  std::uint64_t uncommitted = 0;
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) break;
    OK_OR_RETURN(store.check_room(0, index_bytes(indexed, batch->bytes())));
    OK_OR_RETURN(indexes.put(table.name, *batch, {}, {.first_row = count}));
    count += batch->rows();
    uncommitted += batch->rows();
    if (uncommitted < transaction_rows_max) continue;
    OK_OR_RETURN(indexes.commit({}));
    OK_OR_RETURN(indexes.begin());
    uncommitted = 0;
  }
  return indexes.commit({{table.name, place}});
}

}  // namespace weir::store
