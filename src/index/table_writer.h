// Writes one table's rows and orders into the index file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/position.h"
#include "core/result.h"
#include "index/indexed_table.h"
#include "index/run_sorter.h"
#include "sqlite/file.h"

namespace weir::index {

// Where rows come from, by which they stand as they came.
struct RowOrigin {
  Position commit = 0;          // the record's; before all of them stand rows put from the table
  std::uint64_t first_row = 0;  // of the batch
};

// SQL names of what the file holds of a table: rows by key, and keys by an order of columns.
std::string rows_name(const IndexedTable& table);
std::string order_name(const IndexedTable& table, const Order& order);

// Inside a transaction of its file.
class TableWriter {
 public:
  // Makes what the file must hold, unless it is there.
  static Result<TableWriter> open(sqlite::File& file, const IndexedTable& table);

  // See OrderedIndexes.
  Result<void> put(const Batch& rows, std::size_t row, const RowOrigin& origin);
  Result<void> take_away(const Batch& rows, std::size_t row);
  Result<void> drop_before(std::int64_t micros);

  // Of one row: what stands in the row's tree, and then in that of each order. Where none of the
  // keys is there yet, put_pair() with each of them does what put() does.
  Result<void> add_pairs(const Batch& rows, std::size_t row, const RowOrigin& origin,
                         std::vector<RunSorter>& trees) const;
  Result<void> put_pair(std::size_t tree, std::string_view key, std::string_view value);
  std::size_t trees() const { return 1 + orders_.size(); }
  // Put into the file by all of it.
  std::uint64_t bytes_put() const { return bytes_put_; }

 private:
  struct OrderStatements {
    Order order;
    sqlite::Statement put, remove;
  };

  struct RowStatements {
    sqlite::Statement find, put, remove;
  };

  TableWriter(sqlite::File& file, const IndexedTable& table, RowStatements rows)
      : file_(&file), table_(&table), rows_(std::move(rows)) {}
  std::string key_of(const Batch& rows, std::size_t row, const RowOrigin& origin) const;
  std::string entry_of(const Order& order, const Batch& rows, std::size_t row) const;
  // Takes the key's row out of all orders; its own entry stays.
  Result<void> forget_orders(const std::string& key);
  Result<void> remove_orders(std::string_view row, const std::string& key);
  Result<std::vector<std::string>> keys_before(const std::string& bound);

  sqlite::File* file_;
  const IndexedTable* table_;
  RowStatements rows_;
  std::vector<OrderStatements> orders_;
  std::uint64_t bytes_put_ = 0;
};

}  // namespace weir::index
