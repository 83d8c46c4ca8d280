#include "index/table_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "index/order_bytes.h"
#include "index/row_bytes.h"
#include "scalars/value_bytes.h"

namespace weir::index {
namespace {

// Rows that go because of their age are taken so many at a time.
constexpr std::size_t dropped_at_once = 1'000;

std::string quoted(const std::string& name) { return '"' + name + '"'; }

}  // namespace

std::string rows_name(const IndexedTable& table) { return quoted("rows " + table.name); }

std::string order_name(const IndexedTable& table, const Order& order) {
  return quoted(fmt::format("order {} {}", table.name, fmt::join(order, " ")));
}

Result<TableWriter> TableWriter::open(sqlite::File& file, const IndexedTable& table) {
  const std::string rows = rows_name(table);
  OK_OR_RETURN(file.run("CREATE TABLE IF NOT EXISTS " + rows +
                        "(key BLOB PRIMARY KEY, row BLOB NOT NULL) WITHOUT ROWID"));
  TRY(auto find, file.prepare("SELECT row FROM " + rows + " WHERE key = ?"));
  TRY(auto put, file.prepare("INSERT OR REPLACE INTO " + rows + " VALUES (?, ?)"));
  TRY(auto remove, file.prepare("DELETE FROM " + rows + " WHERE key = ?"));
  TableWriter writer(file, table, {std::move(find), std::move(put), std::move(remove)});
  for (const Order& order : table.orders) {
    const std::string name = order_name(table, order);
    OK_OR_RETURN(file.run("CREATE TABLE IF NOT EXISTS " + name +
                          "(entry BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID"));
    TRY(auto put_entry, file.prepare("INSERT OR REPLACE INTO " + name + " VALUES (?, ?)"));
    TRY(auto remove_entry, file.prepare("DELETE FROM " + name + " WHERE entry = ?"));
    writer.orders_.push_back({order, std::move(put_entry), std::move(remove_entry)});
  }
  return writer;
}

std::string TableWriter::key_of(const Batch& rows, std::size_t row, const RowOrigin& origin) const {
  std::string key;
  if (table_->key.empty()) {
    append_order_number(key, origin.commit);
    append_order_number(key, origin.first_row + row);
    return key;
  }
  for (const std::size_t column : table_->key) {
    const Column& values = rows.column(column);
    if (has_order(values.type())) {
      append_order_bytes(key, values, row);
    } else {
      append_value_bytes(key, values, row, ValueForm::canonical);
    }
  }
  return key;
}

std::string TableWriter::entry_of(const Order& order, const Batch& rows, std::size_t row) const {
  std::string entry;
  for (const std::size_t column : order) append_order_bytes(entry, rows.column(column), row);
  return entry;
}

Result<void> TableWriter::put(const Batch& rows, std::size_t row, const RowOrigin& origin) {
  const std::string key = key_of(rows, row, origin);
  if (!table_->key.empty() && !table_->rows_are_final) OK_OR_RETURN(forget_orders(key));
  OK_OR_RETURN(put_pair(0, key, row_bytes(rows, row, table_->schema->columns.size())));
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    OK_OR_RETURN(put_pair(1 + i, entry_of(orders_[i].order, rows, row) + key, key));
  }
  return {};
}

Result<void> TableWriter::add_pairs(const Batch& rows, std::size_t row, const RowOrigin& origin,
                                    std::vector<RunSorter>& trees) const {
  const std::string key = key_of(rows, row, origin);
  OK_OR_RETURN(trees[0].add(key, row_bytes(rows, row, table_->schema->columns.size())));
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    OK_OR_RETURN(trees[1 + i].add(entry_of(orders_[i].order, rows, row) + key, key));
  }
  return {};
}

Result<void> TableWriter::put_pair(std::size_t tree, std::string_view key, std::string_view value) {
  sqlite::Statement& put = tree == 0 ? rows_.put : orders_[tree - 1].put;
  bytes_put_ += key.size() + value.size();
  return put.bind_blob(1, key).bind_blob(2, value).run();
}

Result<void> TableWriter::take_away(const Batch& rows, std::size_t row) {
  const std::string key = key_of(rows, row, {});
  OK_OR_RETURN(forget_orders(key));
  return rows_.remove.bind_blob(1, key).run();
}

Result<void> TableWriter::forget_orders(const std::string& key) {
  if (orders_.empty()) return {};
  TRY(const bool is_there, rows_.find.bind_blob(1, key).step());
  const std::string row(is_there ? rows_.find.bytes(0) : std::string_view());
  rows_.find.reset();
  return is_there ? remove_orders(row, key) : Result<void>();
}

Result<void> TableWriter::remove_orders(std::string_view row, const std::string& key) {
  Batch batch(table_->schema);
  OK_OR_RETURN(append_row(batch, row));
  for (OrderStatements& statements : orders_) {
    const std::string entry = entry_of(statements.order, batch, 0) + key;
    OK_OR_RETURN(statements.remove.bind_blob(1, entry).run());
  }
  return {};
}

Result<std::vector<std::string>> TableWriter::keys_before(const std::string& bound) {
  const bool by_key = !table_->key.empty() && table_->key.front() == *table_->time;
  const auto order = std::ranges::find_if(
      table_->orders, [&](const Order& one) { return one.front() == *table_->time; });
  ASSERT(by_key || order != table_->orders.end());
  TRY(auto statement, file_->prepare(fmt::format(
                          "SELECT key FROM {} WHERE {} >= ? AND {} < ? LIMIT {}",
                          by_key ? rows_name(*table_) : order_name(*table_, *order),
                          by_key ? "key" : "entry", by_key ? "key" : "entry", dropped_at_once)));
  const std::string first(1, value_mark);
  statement.bind_blob(1, first).bind_blob(2, bound);
  std::vector<std::string> keys;
  while (true) {
    TRY(const bool is_there, statement.step());
    if (!is_there) return keys;
    keys.emplace_back(statement.bytes(0));
  }
}

Result<void> TableWriter::drop_before(std::int64_t micros) {
  Column time(table_->schema->columns[*table_->time].type);
  time.append(micros);
  std::string bound;
  append_order_bytes(bound, time, 0);
  while (true) {
    TRY(const std::vector<std::string> keys, keys_before(bound));
    for (const std::string& key : keys) {
      OK_OR_RETURN(forget_orders(key));
      OK_OR_RETURN(rows_.remove.bind_blob(1, key).run());
    }
    if (keys.size() < dropped_at_once) return {};
  }
}

}  // namespace weir::index
