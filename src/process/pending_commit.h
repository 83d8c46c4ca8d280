// Gathers what came of the input since the last commit.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dataflow/operator.h"
#include "process/stream_job.h"

namespace weir::process {

using dataflow::Chunk;
using dataflow::Findings;

using CommitBatches = std::vector<std::shared_ptr<const Batch>>;

// Owned by one thread.
class PendingCommit {
 public:
  // `gives_times`: rows have a place in event time of their own, which streams that read them need.
  PendingCommit(const StreamSpec& spec, bool gives_times);

  void add_input(std::size_t rows) { rows_in_ += rows; }
  void add(const Chunk& source, const Chunk& results, const Findings& findings);
  // Input was read that no commit covers yet.
  bool is_started() const { return is_started_; }
  void start() { is_started_ = true; }
  bool has_rows() const { return rows_out() + late() + poisoned() > 0; }
  std::size_t rows_in() const { return rows_in_; }
  std::size_t rows_out() const { return rows_->rows(); }
  std::size_t late() const { return late_->rows(); }
  std::size_t poisoned() const { return poison_->rows(); }
  // The batches of the commit's parts, in their order; starts anew. Nearly always it is one part:
  // more only where its rows are beyond 16 MB.
  std::vector<CommitBatches> take();
  // Forgets it all.
  void clear();

 private:
  std::shared_ptr<const Schema> output_;  // with `_weight` where rows are taken back
  std::shared_ptr<const Schema> input_;
  bool is_weighted_;
  bool gives_times_;
  bool is_started_ = false;
  std::size_t rows_in_ = 0;
  std::shared_ptr<Batch> rows_;
  std::shared_ptr<Batch> late_;
  std::shared_ptr<Batch> poison_;
  std::shared_ptr<Batch> times_;
};

}  // namespace weir::process
