// The rows that wait to be applied to one table, readable by the engine.
#pragma once

#include <memory>
#include <vector>

#include "core/relation.h"

namespace weir::store {

// Columns: the table's, then `_weight` BIGINT (+1 or -1) and `_order` BIGINT (0, 1 ... as they
// came). Filled and scanned by the applier's thread alone.
class PendingRows final : public Relation {
 public:
  explicit PendingRows(const Schema& table);

  const Schema& schema() const override { return *schema_; }
  Result<std::unique_ptr<Scan>> scan() const override;

  // A batch of the table's columns, and perhaps `_weight` last.
  void add(std::shared_ptr<const Batch> batch);
  void clear();
  std::size_t rows() const { return rows_; }

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<std::shared_ptr<const Batch>> batches_;
  std::size_t rows_ = 0;
};

}  // namespace weir::store
