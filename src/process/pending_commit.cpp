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

// Far below what the journal takes at once, so that what others append has its turn.
constexpr std::size_t part_bytes_max = std::size_t{16} << 20;

std::shared_ptr<const Batch> unless_empty(std::shared_ptr<const Batch> batch) {
  if (batch->rows() == 0) return nullptr;
  return batch;
}

std::shared_ptr<const Batch> range_of(const Batch& batch, std::size_t first, std::size_t count) {
  auto range = std::make_shared<Batch>(batch.shared_schema());
  range->append_range(batch, first, count);
  return range;
}

// The rows as several batches, each of one row or below the bound.
std::vector<std::shared_ptr<const Batch>> cut(std::shared_ptr<const Batch> batch) {
  const std::size_t count = batch->rows();
  if (count < 2 || batch->bytes() <= part_bytes_max) return {std::move(batch)};
  auto cut_up = cut(range_of(*batch, 0, count / 2));
  for (auto& part : cut(range_of(*batch, count / 2, count - count / 2))) {
    cut_up.push_back(std::move(part));
  }
  return cut_up;
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
      times_->column(0).append(results.watermark_at(row));
    }
  }
  late_->append_rows(*source.rows, findings.late);
  poison_->append_range(findings.poison, 0, findings.poison.rows());
}

std::vector<CommitBatches> PendingCommit::take() {
  std::vector<CommitBatches> parts;
  if (rows_->bytes() + late_->bytes() + poison_->bytes() <= part_bytes_max) {
    parts.push_back({unless_empty(rows_), unless_empty(late_), unless_empty(poison_)});
    if (gives_times_) parts.back().push_back(unless_empty(times_));
  } else {
    std::size_t row = 0;
    for (auto& rows : cut(rows_)) {
      const std::size_t count = rows->rows();
      parts.push_back({unless_empty(std::move(rows)), nullptr, nullptr});
      if (gives_times_) parts.back().push_back(unless_empty(range_of(*times_, row, count)));
      row += count;
    }
    for (auto& late : cut(late_))
      parts.push_back({nullptr, unless_empty(std::move(late)), nullptr});
    for (auto& poison : cut(poison_)) {
      parts.push_back({nullptr, nullptr, unless_empty(std::move(poison))});
    }
  }
  clear();
  return parts;
}

void PendingCommit::clear() {
  is_started_ = false;
  rows_in_ = 0;
  rows_ = std::make_shared<Batch>(output_);
  late_ = std::make_shared<Batch>(input_);
  poison_ = std::make_shared<Batch>(sql::poison_schema());
  times_ = std::make_shared<Batch>(times_schema());
}

}  // namespace weir::process
