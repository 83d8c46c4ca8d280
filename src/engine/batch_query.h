// Runs one prepared SELECT over batch after batch, without planning it again.
#pragma once

#include <memory>
#include <string>

#include "core/batch.h"
#include "core/clock.h"
#include "core/result.h"
#include "engine/database.h"

namespace weir::engine {

// What the SQL calls the batch: no resource has such a name, whose first byte is a letter.
inline constexpr const char* batch_name = "_batch";

// Owned by one thread. The SQL reads the batch as `_batch` with the columns c0, c1 ... of the given
// types, `_row` (UINTEGER, the row's index) and `_now` (TIMESTAMPTZ); those it does not name cost
// nothing.
class BatchQuery {
 public:
  // `database` holds the other tables that the SQL reads. Any number of queries may share it; each
  // has a connection of its own, and a `_batch` that no other sees.
  static Result<std::unique_ptr<BatchQuery>> prepare(const std::shared_ptr<Database>& database,
                                                     const std::string& sql,
                                                     const std::shared_ptr<const Schema>& input);
  virtual ~BatchQuery() = default;
  virtual const std::shared_ptr<const Schema>& output() const = 0;
  // All rows of the result. Fault::invalid: a row made an expression fail.
  virtual Result<std::unique_ptr<Batch>> run(std::shared_ptr<const Batch> input, Instant now) = 0;
};

}  // namespace weir::engine
