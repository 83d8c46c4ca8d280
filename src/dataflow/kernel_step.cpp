#include "dataflow/kernel_step.h"

#include "dataflow/poison.h"

namespace weir::dataflow {

Result<Chunk> KernelStep::push(const Chunk& chunk, Findings& findings) {
  Outcome outcome{.rows = std::make_shared<Batch>(kernel_->output()),
                  .chunk = {.watermarks = chunk.watermarks,
                            .accepted = chunk.accepted,
                            .acceptances = chunk.acceptances,
                            .watermark = chunk.watermark,
                            .ends = chunk.ends,
                            .flush = chunk.flush},
                  .poison = findings.poison};
  if (chunk.rows->rows() > 0) OK_OR_RETURN(run(chunk, {0, chunk.rows->rows()}, outcome));
  if (!outcome.chunk.rows) outcome.chunk.rows = std::move(outcome.rows);
  return std::move(outcome.chunk);
}

Result<void> KernelStep::run(const Chunk& chunk, Range range, Outcome& outcome) {
  std::shared_ptr<const Batch> rows = chunk.rows;
  if (range.count < rows->rows()) {
    auto part = std::make_shared<Batch>(rows->shared_schema());
    part->append_range(*rows, range.first, range.count);
    rows = std::move(part);
  }
  Result<engine::KernelOutput> output = kernel_->run(std::move(rows), chunk.accepted);
  if (output.ok()) {
    take(chunk, range, std::move(output).value(), outcome);
    return {};
  }
  if (output.error().fault != Fault::invalid) return std::move(output).error();
  if (range.count == 1) {
    // What is taken back was set aside when it came.
    if (chunk.weight(range.first) < 0) return {};
    append_poison(outcome.poison, {chunk.accepted_at(range.first), output.error().message},
                  *chunk.rows, range.first);
    return {};
  }
  const std::size_t half = range.count / 2;
  OK_OR_RETURN(run(chunk, {range.first, half}, outcome));
  return run(chunk, {range.first + half, range.count - half}, outcome);
}

void KernelStep::take(const Chunk& chunk, Range range, engine::KernelOutput output,
                      Outcome& outcome) {
  const bool is_whole = range.count == chunk.rows->rows();
  if (!chunk.weights.empty()) {
    for (const std::uint32_t row : output.origin) {
      outcome.chunk.weights.push_back(chunk.weight(range.first + row));
    }
  }
  if (is_whole && chunk.origin.empty()) {
    outcome.chunk.rows = std::move(output.rows);
    outcome.chunk.origin = std::move(output.origin);
    return;
  }
  outcome.rows->append_range(*output.rows, 0, output.rows->rows());
  for (const std::uint32_t row : output.origin) {
    outcome.chunk.origin.push_back(chunk.origin_of(range.first + row));
  }
}

}  // namespace weir::dataflow
