// The rows that wait to be applied to one table, readable by the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/position.h"
#include "core/relation.h"

namespace weir::store {

// A commit's rows in the table's columns, and how each counts: none: all +1.
struct WeighedRows {
  std::shared_ptr<const Batch> rows;
  std::span<const std::int64_t> weights;
  std::shared_ptr<const Batch> stored;  // keeps what `weights` views
  Position commit = 0;                  // where the record begins that they came with
};

// Columns: the table's, then `_weight` BIGINT (+1 or -1) and `_order` BIGINT (0, 1 ... as they
// came). Filled and scanned by the applier's thread alone.
class PendingRows final : public Relation {
 public:
  explicit PendingRows(std::shared_ptr<const Schema> table);

  const Schema& schema() const override { return *schema_; }
  Result<std::unique_ptr<Scan>> scan() const override;

  // A stream's rows, by name: null in a column of the table that they do not have, +1 where they
  // have no `_weight`. Fault::conflict where a column has another type; then nothing was added.
  Result<void> add(std::shared_ptr<const Batch> batch, Position commit);
  void clear();
  const std::vector<WeighedRows>& batches() const { return batches_; }
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<const Schema> table_;
  std::shared_ptr<const Schema> schema_;
  std::vector<WeighedRows> batches_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace weir::store
