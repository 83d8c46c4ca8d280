// Runs one prepared SELECT over batch after batch: how a stream evaluates expressions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "core/result.h"
#include "engine/database.h"

namespace weir::engine {

// What a kernel made of its input.
struct KernelOutput {
  std::shared_ptr<const Batch> rows;
  // For each output row, the input row it came from; never decreasing.
  std::vector<std::uint32_t> origin;
};

// Owned by one thread. The SQL reads the input as `_batch` with the columns c0, c1 ... of the given
// types, `_row` (UINTEGER, the row's index) and `_now` (TIMESTAMPTZ, its acceptance time), and must
// give `_row` as its last column, which is taken off the output's rows.
class Kernel {
 public:
  // `database` holds the static tables the SQL joins, by name.
  static Result<std::unique_ptr<Kernel>> prepare(const std::shared_ptr<Database>& database,
                                                 const std::string& sql,
                                                 const std::shared_ptr<const Schema>& input);
  virtual ~Kernel() = default;
  // Without the `_row` column.
  virtual const std::shared_ptr<const Schema>& output() const = 0;
  // Fault::invalid: a row made an expression fail. `accepted` is `_now` of every row.
  virtual Result<KernelOutput> run(std::shared_ptr<const Batch> input, Instant accepted) = 0;
};

}  // namespace weir::engine
