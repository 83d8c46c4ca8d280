// Spreads a group over threads by its keys, and tells it how far time has come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "dataflow/crew.h"
#include "dataflow/key_bytes.h"
#include "dataflow/operator.h"
#include "dataflow/window_spans.h"

namespace weir::dataflow {

// Each instance sees the rows of its keys in their order, so that results do not depend on how many
// there are. What comes out stands in the instances' order.
class Exchange final : public Operator {
 public:
  // Instances are of `group`; at least one.
  Exchange(const sql::GroupNode& group, std::vector<std::unique_ptr<Operator>> instances);

  // The watermark of what comes out is such that no later row's window starts before it.
  Result<Chunk> push(const Chunk& chunk, Findings& findings) override;
  void save(StateWriter& writer) const override;
  // Also of another number of instances.
  Result<void> load(StateReader& reader, const KeyFilter& takes) override;

 private:
  struct Part {
    Chunk in;
    std::optional<Result<Chunk>> out;
    Findings findings;
  };

  void note_windows(const Batch& rows);
  std::int64_t output_watermark(std::int64_t watermark) const;
  void split(const Chunk& chunk, std::vector<Part>& parts);
  std::size_t instance_of(std::size_t hash) const;
  static Result<Chunk> joined(std::vector<Part>& parts, Findings& findings);

  std::vector<std::size_t> key_columns_;  // without a window's bounds
  std::optional<WindowSpans> spans_;
  std::int64_t largest_ = 0;  // of the windows seen; 0: none
  std::int64_t newest_end_ = journal::no_watermark;
  std::vector<std::unique_ptr<Operator>> instances_;
  RowKeys row_keys_;
  Crew crew_;
};

}  // namespace weir::dataflow
