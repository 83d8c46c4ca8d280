// Evaluates a plan's expressions over a chunk, and sets aside the rows that an expression fails on.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "dataflow/operator.h"
#include "engine/kernel.h"

namespace weir::dataflow {

// Owned by one thread.
class KernelStep final : public Operator {
 public:
  explicit KernelStep(std::unique_ptr<engine::Kernel> kernel) : kernel_(std::move(kernel)) {}

  // What the kernel gives for all rows but the poisoned ones: the rows that fail alone. Any fault
  // but Fault::invalid is returned.
  Result<Chunk> push(const Chunk& chunk, Findings& findings) override;
  void save(StateWriter&) const override {}
  Result<void> load(StateReader&, const KeyFilter&) override { return {}; }

 private:
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  // What came of the ranges so far.
  struct Outcome {
    std::shared_ptr<Batch> rows;
    Chunk chunk;
    Batch& poison;
  };

  Result<void> run(const Chunk& chunk, Range range, Outcome& outcome);
  void take(const Chunk& chunk, Range range, engine::KernelOutput output, Outcome& outcome);

  std::unique_ptr<engine::Kernel> kernel_;
};

}  // namespace weir::dataflow
