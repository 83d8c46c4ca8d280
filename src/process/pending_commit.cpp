#include "process/pending_commit.h"

#include <utility>

namespace weir::process {
namespace {

std::shared_ptr<const Schema> weighted(const Schema& schema) {
  auto copy = std::make_shared<Schema>(schema);
  copy->columns.push_back({"_weight", Type{.id = TypeId::bigint}});
  return copy;
}

std::shared_ptr<const Schema> times_schema() {
  static const auto schema =
      std::make_shared<const Schema>(Schema{{{"watermark", Type{.id = TypeId::bigint}}}});
  return schema;
}

std::shared_ptr<const Batch> unless_empty(std::shared_ptr<Batch> batch) {
  if (batch->rows() == 0) return nullptr;
  return batch;
}

}  // namespace

PendingCommit::PendingCommit(const StreamSpec& spec, bool gives_times)
    : input_(spec.input.schema),
      is_weighted_(!spec.plan.root->append_only),
      gives_times_(gives_times) {
  output_ = is_weighted_ ? weighted(*spec.plan.root->output) : spec.plan.root->output;
  clear();
}

void PendingCommit::add(const Chunk& source, const Chunk& results, const Findings& findings) {
  const std::size_t count = results.rows->rows();
  for (std::size_t i = 0; i < results.rows->column_count(); ++i) {
    rows_->column(i).append_range(results.rows->column(i), 0, count);
  }
  if (is_weighted_) {
    Column& weights = rows_->column(results.rows->column_count());
    for (std::size_t row = 0; row < count; ++row) weights.append(results.weight(row));
  }
  if (gives_times_) {
    for (std::size_t row = 0; row < count; ++row) {
      times_->column(0).append(results.watermark_before(row));
    }
  }
  late_->append_rows(*source.rows, findings.late);
  poison_->append_range(findings.poison, 0, findings.poison.rows());
}

std::vector<std::shared_ptr<const Batch>> PendingCommit::take() {
  std::vector<std::shared_ptr<const Batch>> batches = {unless_empty(rows_), unless_empty(late_),
                                                       unless_empty(poison_)};
  if (gives_times_) batches.push_back(unless_empty(times_));
  clear();
  return batches;
}

void PendingCommit::clear() {
  is_started_ = false;
  rows_in_ = 0;
  rows_ = std::make_shared<Batch>(output_);
  late_ = std::make_shared<Batch>(input_);
  poison_ = std::make_shared<Batch>(poison_schema());
  times_ = std::make_shared<Batch>(times_schema());
}

}  // namespace weir::process
