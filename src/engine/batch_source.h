// The batch of the moment as rows for a table function.
#pragma once

#include <memory>
#include <mutex>

#include "core/batch.h"
#include "core/clock.h"
#include "engine/table_function.h"

namespace weir::engine {

// Columns c0, c1 ... of the batch, `_row` and `_now`; those that a query does not read cost
// nothing.
class BatchSource final : public ChunkSource {
 public:
  explicit BatchSource(const Schema& input);

  // What a pass that begins from now on reads; with null it fails. `now` is `_now` of every row.
  void put(std::shared_ptr<const Batch> batch, Instant now);

  const Schema& schema() const override { return schema_; }
  Result<std::unique_ptr<ChunkReader>> open(std::vector<std::size_t> columns) const override;

 private:
  Schema schema_;
  // Any connection of the database can read the function, although only its owner should.
  mutable std::mutex mutex_;
  std::shared_ptr<const Batch> batch_;
  Instant now_{};
};

}  // namespace weir::engine
