// A plan's operators, one behind the other.
#pragma once

#include <memory>
#include <vector>

#include "dataflow/operator.h"
#include "process/stream_job.h"

namespace weir::process {

using dataflow::Chunk;
using dataflow::Findings;
using dataflow::StateReader;
using dataflow::StateWriter;

// Owned by one thread.
class Pipeline {
 public:
  static Result<Pipeline> make(const StreamSpec& spec,
                               const std::shared_ptr<engine::Database>& tables);

  Result<Chunk> push(Chunk chunk, Findings& findings);
  // Results come out only with a flush.
  bool holds_changes() const { return holds_changes_; }
  bool is_stateless() const { return is_stateless_; }
  // `_now` is the same for all rows of a chunk, so it must be one that all were accepted at.
  bool reads_acceptance() const { return reads_acceptance_; }
  void save(StateWriter& writer) const;
  Result<void> load(StateReader& reader);

 private:
  Result<void> add(const sql::Node& node, const StreamSpec& spec,
                   const std::shared_ptr<engine::Database>& tables);
  Result<void> add_group(const sql::Node& node, const StreamSpec& spec,
                         const std::shared_ptr<engine::Database>& tables);

  std::vector<std::unique_ptr<dataflow::Operator>> operators_;
  bool holds_changes_ = false;
  bool is_stateless_ = true;
  bool reads_acceptance_ = false;
};

}  // namespace weir::process
