// What all operators of a stream have in common, so that a pipeline can be built from a plan and
// its state be kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "dataflow/chunk.h"
#include "dataflow/state_codec.h"
#include "sql/plan.h"

namespace weir::dataflow {

// What comes out of a chunk beside its rows.
struct Findings {
  std::vector<std::uint32_t> late;  // rows of the source's batch, each once, ascending
  Batch poison{sql::poison_schema()};
};

// Whether the state of the group with these key bytes is this operator's to keep.
using KeyFilter = std::function<bool(std::string_view key)>;

// One step of a stream. Owned by one thread; what it gives out depends on the rows and their order
// alone, never on where chunks end.
class Operator {
 public:
  virtual ~Operator() = default;
  // Takes the rows, then what the chunk says of the time after them.
  virtual Result<Chunk> push(const Chunk& chunk, Findings& findings) = 0;
  // Only when nothing is held back: after a flush.
  virtual void save(StateWriter& writer) const = 0;
  // Adds what was saved, but only the groups that `takes` says. Fault::corrupt where the bytes are
  // not of this operator; then it must not be used.
  virtual Result<void> load(StateReader& reader, const KeyFilter& takes) = 0;
};

}  // namespace weir::dataflow
