// The applier's work on indexes: what it puts into the tables goes into their indexes too, and is
// kept there first.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/result.h"
#include "engine/database.h"
#include "index/ordered_indexes.h"
#include "store/applied_places.h"
#include "store/pending_rows.h"
#include "store/table_store.h"

namespace weir::store {

// Of all tables of a store; those that have no indexes are passed over, also where none has. The
// applier's thread's. After any error the applier rolls back and puts the same rows once more.
class IndexApplier {
 public:
  explicit IndexApplier(const TableStore& store) : store_(store), indexes_(store.indexes().get()) {}

  // How far the tables are, by the least of their streams, whose indexes are not as far: their file
  // was lost or is of another shape.
  std::map<std::string, index::IndexPlace> behind(const AppliedPlaces& places) const;
  // Fills the table's indexes from its rows, which are those of everything before `place`. What a
  // crash leaves of that is not taken for whole.
  Result<void> make_anew(engine::Connection& connection, const std::string& table,
                         const index::IndexPlace& place);

  // See index::IndexedTable; 0 where the table has no indexes.
  std::size_t bytes_with(const std::string& table, std::size_t bytes) const;

  Result<void> begin();
  Result<void> put(const std::string& table, const PendingRows& rows);
  // Rows whose time, which retention counts by, is before `micros`.
  Result<void> drop_before(const std::string& table, std::int64_t micros);
  // Before the engine's: where only this one is kept, the rows are put once more, which changes
  // nothing.
  Result<void> commit(const AppliedPlaces& places);
  // What was put since begin(), if it was called.
  void roll_back();

  // Its errors then say what to do about it.
  bool is_damaged() const { return indexes_ != nullptr && indexes_->is_damaged(); }

 private:
  bool has(const std::string& table) const {
    return indexes_ != nullptr && indexes_->find(table) != nullptr;
  }
  std::map<std::string, index::IndexPlace> table_places(const AppliedPlaces& places) const;

  const TableStore& store_;
  index::OrderedIndexes* const indexes_;  // null: no table has any
};

}  // namespace weir::store
