#include "store/index_applier.h"

#include <algorithm>

namespace weir::store {
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
  TRY(const auto rows, connection.query("SELECT * FROM " + engine::quote_name(table)));
  const auto room = [this](std::size_t bytes) { return store_.check_room(0, bytes); };
  return indexes_->fill(table, *rows, place, room);
}

std::size_t IndexApplier::bytes_with(const std::string& table, std::size_t bytes) const {
  return has(table) ? indexes_->find(table)->bytes_with(bytes) : 0;
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
