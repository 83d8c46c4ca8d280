#include "store/index_applier.h"

#include <algorithm>

namespace weir::store {
namespace {

// Rows put in one transaction: what is not committed yet is kept twice.
constexpr std::uint64_t transaction_rows_max = 200'000;

}  // namespace

std::map<std::string, index::IndexPlace> IndexApplier::table_places(
    const AppliedPlaces& places) const {
  std::map<std::string, index::IndexPlace> found;
  for (const auto& [target, place] : places) {
    if (!has(target.table)) continue;
    const auto [at, is_new] =
        found.try_emplace(target.table, index::IndexPlace{place.journal, place.position});
    if (!is_new) at->second.position = std::min(at->second.position, place.position);
  }
  return found;
}

std::map<std::string, index::IndexPlace> IndexApplier::behind(const AppliedPlaces& places) const {
  std::map<std::string, index::IndexPlace> tables = table_places(places);
  std::erase_if(tables, [this](const auto& entry) {
    const auto& [table, place] = entry;
    const auto known = indexes_->place(table);
    return known && known->journal == place.journal && known->position >= place.position;
  });
  return tables;
}

Result<void> IndexApplier::make_anew(engine::Connection& connection, const std::string& table,
                                     const index::IndexPlace& place) {
  OK_OR_RETURN(indexes_->begin());
  OK_OR_RETURN(indexes_->empty(table));
  TRY(const auto rows, connection.query("SELECT * FROM " + engine::quote_name(table)));
  std::uint64_t count = 0;  // they come as they were put
  std::uint64_t uncommitted = 0;
  while (true) {
    TRY(const auto batch, rows->next());
    if (batch == nullptr) break;
    OK_OR_RETURN(store_.check_room(0, bytes_with(table, batch->bytes())));
    OK_OR_RETURN(indexes_->put(table, *batch, {}, {.first_row = count}));
    count += batch->rows();
    uncommitted += batch->rows();
    if (uncommitted < transaction_rows_max) continue;
    OK_OR_RETURN(indexes_->commit({}));
    OK_OR_RETURN(indexes_->begin());
    uncommitted = 0;
  }
  return indexes_->commit({{table, place}});
}

std::size_t IndexApplier::bytes_with(const std::string& table, std::size_t bytes) const {
  return has(table) ? bytes * (1 + 2 * indexes_->find(table)->orders.size()) : 0;
}

Result<void> IndexApplier::begin() {
  return indexes_ == nullptr ? Result<void>() : indexes_->begin();
}

Result<void> IndexApplier::put(const std::string& table, const PendingRows& rows) {
  if (!has(table)) return {};
  for (const WeighedRows& batch : rows.batches()) {
    OK_OR_RETURN(indexes_->put(table, *batch.rows, batch.weights, {batch.commit}));
  }
  return {};
}

Result<void> IndexApplier::drop_before(const std::string& table, std::int64_t micros) {
  return has(table) ? indexes_->drop_before(table, micros) : Result<void>();
}

Result<void> IndexApplier::commit(const AppliedPlaces& places) {
  return indexes_ == nullptr ? Result<void>() : indexes_->commit(table_places(places));
}

void IndexApplier::roll_back() {
  if (indexes_ != nullptr) indexes_->roll_back();
}

}  // namespace weir::store
