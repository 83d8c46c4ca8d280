// Evaluates a plan's expressions over a chunk, and sets aside the rows that an expression fails on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/kernel.h"
#include "process/chunk.h"

namespace weir::process {

struct PoisonRow {
  std::uint32_t origin = 0;  // row of the source's batch
  std::string reason;
};

// Owned by one thread.
class KernelStep {
 public:
  explicit KernelStep(std::unique_ptr<engine::Kernel> kernel) : kernel_(std::move(kernel)) {}

  // What the kernel gives for all rows but the poisoned ones, which are appended to `poison`: the
  // rows that fail alone. Any fault but Fault::invalid is returned.
  Result<Chunk> push(const Chunk& chunk, std::vector<PoisonRow>& poison);

 private:
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  // What came of the ranges so far.
  struct Outcome {
    std::shared_ptr<Batch> rows;
    Chunk chunk;
    std::vector<PoisonRow>& poison;
  };

  Result<void> run(const Chunk& chunk, Range range, Outcome& outcome);
  void take(const Chunk& chunk, Range range, const engine::KernelOutput& output, Outcome& outcome);

  std::unique_ptr<engine::Kernel> kernel_;
};

}  // namespace weir::process
