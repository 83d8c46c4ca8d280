// A kernel's columns without the engine, where its plan says that they need none.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/batch.h"
#include "sql/plan.h"

namespace weir::dataflow {

// Never changes.
class PlainColumns {
 public:
  // Of a KernelNode, which gives `output`.
  PlainColumns(std::vector<sql::PlainColumn> columns, std::shared_ptr<const Schema> output)
      : columns_(std::move(columns)), output_(std::move(output)) {}

  // What the kernel gives for these rows, whose number and order stay. Nothing: the engine must be
  // asked, as for a window around a time that is infinite or more than 73,000 years off.
  std::shared_ptr<const Batch> of(const std::shared_ptr<const Batch>& input) const;

 private:
  bool is_whole(const Batch& input) const;

  std::vector<sql::PlainColumn> columns_;
  std::shared_ptr<const Schema> output_;
};

}  // namespace weir::dataflow
