// Runs a pipeline's sources and streams over a journal of its own, in one of several ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "pipeline.h"
#include "workspace/compiled.h"

namespace weir::golden {

enum class Interruption : std::uint8_t {
  none,
  stop,   // after every request, stopped and resumed
  crash,  // after every request, and every second time without the snapshots of its end
};

// How the same work is cut up. None of it may change what comes out.
struct Way {
  std::string name;
  std::size_t rows_a_request = 0;  // 0: as the file sends them
  std::size_t rows_a_batch = 50'000;
  Interruption interruption = Interruption::none;
  int parallelism = 1;
};

// What a stream made: rows with what they count, and the input's rows that came late for it.
struct StreamOutcome {
  std::vector<std::shared_ptr<const Batch>> rows;  // perhaps with `_weight` last
  std::vector<std::shared_ptr<const Batch>> late;
  std::size_t poisoned = 0;
};

struct Outcome {
  workspace::CompiledWorkspace workspace;
  std::map<std::string, std::vector<std::shared_ptr<const Batch>>> sources;  // accepted rows
  std::map<std::string, StreamOutcome> streams;
};

Result<Outcome> run(const Pipeline& pipeline, const Way& way);

}  // namespace weir::golden
