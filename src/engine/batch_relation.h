// Batches in memory as a relation, for the engine's tests.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/relation.h"

namespace weir::engine {

class BatchRelation final : public Relation {
 public:
  explicit BatchRelation(std::vector<std::shared_ptr<const Batch>> batches)
      : batches_(std::move(batches)) {}

  const Schema& schema() const override { return batches_.front()->schema(); }
  Result<std::unique_ptr<Scan>> scan() const override {
    return std::unique_ptr<Scan>(std::make_unique<BatchScan>(*this));
  }
  // Batches that all scans together were asked for.
  std::size_t batches_read() const { return batches_read_; }

 private:
  class BatchScan final : public Scan {
   public:
    explicit BatchScan(const BatchRelation& of) : of_(of) {}
    Result<std::shared_ptr<const Batch>> next() override {
      if (at_ == of_.batches_.size()) return std::shared_ptr<const Batch>();
      ++of_.batches_read_;
      return of_.batches_[at_++];
    }

   private:
    const BatchRelation& of_;
    std::size_t at_ = 0;
  };

  std::vector<std::shared_ptr<const Batch>> batches_;
  mutable std::size_t batches_read_ = 0;
};

}  // namespace weir::engine
