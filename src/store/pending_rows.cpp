#include "store/pending_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/fit_columns.h"

namespace weir::store {
namespace {

constexpr const char* weight_name = "_weight";

class PendingScan final : public Scan {
 public:
  PendingScan(std::shared_ptr<const Schema> schema, const std::vector<WeighedRows>& batches)
      : schema_(std::move(schema)), batches_(batches) {}

  Result<std::shared_ptr<const Batch>> next() override {
    if (at_ == batches_.size()) return std::shared_ptr<const Batch>();
    const WeighedRows& from = batches_[at_++];
    const std::size_t count = from.rows->rows();
    auto rows = std::make_shared<Batch>(schema_);
    const std::size_t table_columns = schema_->columns.size() - 2;
    for (std::size_t i = 0; i < table_columns; ++i) {
      rows->column(i).append_range(from.rows->column(i), 0, count);
    }
    for (std::size_t row = 0; row < count; ++row) {
      rows->column(table_columns)
          .append<std::int64_t>(from.weights.empty() ? 1 : from.weights[row]);
      rows->column(table_columns + 1).append(order_++);
    }
    return std::shared_ptr<const Batch>(std::move(rows));
  }

 private:
  std::shared_ptr<const Schema> schema_;
  const std::vector<WeighedRows>& batches_;
  std::size_t at_ = 0;
  std::int64_t order_ = 0;
};

// The table's columns stand first: then nothing need be copied.
bool begins_with(const Schema& schema, const Schema& table) {
  return schema.columns.size() >= table.columns.size() &&
         std::equal(table.columns.begin(), table.columns.end(), schema.columns.begin());
}

}  // namespace

PendingRows::PendingRows(std::shared_ptr<const Schema> table) : table_(std::move(table)) {
  Schema schema = *table_;
  schema.columns.push_back({weight_name, Type{.id = TypeId::bigint}});
  schema.columns.push_back({"_order", Type{.id = TypeId::bigint}});
  schema_ = std::make_shared<const Schema>(std::move(schema));
}

Result<std::unique_ptr<Scan>> PendingRows::scan() const {
  return std::unique_ptr<Scan>(std::make_unique<PendingScan>(schema_, batches_));
}

Result<void> PendingRows::add(std::shared_ptr<const Batch> batch, Position commit) {
  WeighedRows added{.rows = batch, .commit = commit};
  if (!begins_with(batch->schema(), *table_)) {
    TRY(added.rows, fit_columns(batch, table_));
  }
  const std::optional<std::size_t> weight = batch->schema().find(weight_name);
  if (weight && batch->column(*weight).type().id == TypeId::bigint) {
    added.weights = batch->column(*weight).values<std::int64_t>();
  }
  rows_ += batch->rows();
  bytes_ += batch->bytes();
  added.stored = std::move(batch);
  batches_.push_back(std::move(added));
  return {};
}

void PendingRows::clear() {
  batches_.clear();
  rows_ = 0;
  bytes_ = 0;
}

}  // namespace weir::store
