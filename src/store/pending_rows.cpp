#include "store/pending_rows.h"

#include <utility>

namespace weir::store {
namespace {

class PendingScan final : public Scan {
 public:
  PendingScan(std::shared_ptr<const Schema> schema,
              const std::vector<std::shared_ptr<const Batch>>& batches)
      : schema_(std::move(schema)), batches_(batches) {}

  Result<std::shared_ptr<const Batch>> next() override {
    if (at_ == batches_.size()) return std::shared_ptr<const Batch>();
    const Batch& from = *batches_[at_++];
    auto rows = std::make_shared<Batch>(schema_);
    const std::size_t table_columns = schema_->columns.size() - 2;
    const bool weighted = from.column_count() > table_columns;
    for (std::size_t i = 0; i < table_columns; ++i) {
      rows->column(i).append_range(from.column(i), 0, from.rows());
    }
    for (std::size_t row = 0; row < from.rows(); ++row) {
      const std::int64_t weight =
          weighted ? from.column(table_columns).values<std::int64_t>()[row] : 1;
      rows->column(table_columns).append(weight);
      rows->column(table_columns + 1).append(order_++);
    }
    return std::shared_ptr<const Batch>(std::move(rows));
  }

 private:
  std::shared_ptr<const Schema> schema_;
  const std::vector<std::shared_ptr<const Batch>>& batches_;
  std::size_t at_ = 0;
  std::int64_t order_ = 0;
};

}  // namespace

PendingRows::PendingRows(const Schema& table) {
  Schema schema = table;
  schema.columns.push_back({"_weight", Type{.id = TypeId::bigint}});
  schema.columns.push_back({"_order", Type{.id = TypeId::bigint}});
  schema_ = std::make_shared<const Schema>(std::move(schema));
}

Result<std::unique_ptr<Scan>> PendingRows::scan() const {
  return std::unique_ptr<Scan>(std::make_unique<PendingScan>(schema_, batches_));
}

void PendingRows::add(std::shared_ptr<const Batch> batch) {
  rows_ += batch->rows();
  batches_.push_back(std::move(batch));
}

void PendingRows::clear() {
  batches_.clear();
  rows_ = 0;
}

}  // namespace weir::store
