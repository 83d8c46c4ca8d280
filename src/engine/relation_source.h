// A relation as rows for a table function.
#pragma once

#include <memory>
#include <utility>

#include "core/relation.h"
#include "engine/table_function.h"

namespace weir::engine {

// Batches are asked for one at a time, as the query needs them.
class RelationSource final : public ChunkSource {
 public:
  explicit RelationSource(std::shared_ptr<const Relation> relation)
      : relation_(std::move(relation)) {}

  const Schema& schema() const override { return relation_->schema(); }
  Result<std::unique_ptr<ChunkReader>> open(std::vector<std::size_t> columns) const override;

 private:
  std::shared_ptr<const Relation> relation_;
};

}  // namespace weir::engine
