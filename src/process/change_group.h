// GROUP BY without a window: tells after each chunk which groups' rows are no longer true and which
// are true now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "process/accumulator.h"
#include "process/chunk.h"
#include "process/group_table.h"

namespace weir::process {

// Owned by one thread.
class ChangeGroup {
 public:
  // `group` has neither window nor bag; `output` is its node's.
  static Result<ChangeGroup> make(const sql::GroupNode& group,
                                  std::shared_ptr<const Schema> output);

  // For each group the chunk changed: its row before with -1 unless this is its first, and its row
  // now with +1 unless all its rows were taken back. A group whose row stayed the same is left out.
  Chunk push(const Chunk& chunk);

 private:
  ChangeGroup(std::size_t keys, std::shared_ptr<const Schema> output,
              std::vector<Accumulation> accumulations);

  std::size_t group_of(const Batch& rows, std::size_t row);
  void append_row(Batch& to, std::size_t group);
  bool has_row(std::size_t group) { return keys_ == 0 || groups_.rows(group) != 0; }

  std::size_t keys_;
  std::shared_ptr<const Schema> output_;
  std::vector<Accumulation> accumulations_;
  GroupTable groups_;
  std::string key_;  // of the row at hand
};

}  // namespace weir::process
