#include "dataflow/aggregation.h"

#include <algorithm>
#include <utility>

#include "dataflow/poison.h"

namespace weir::dataflow {
namespace {

// Takes the failed rows out of `rows` and lists them.
std::vector<std::size_t> set_aside(Batch& rows,
                                   const std::vector<std::optional<std::string>>& failures,
                                   Instant accepted, Findings& findings) {
  std::vector<std::size_t> failed;
  std::vector<std::uint32_t> good;
  for (std::uint32_t row = 0; row < failures.size(); ++row) {
    if (!failures[row]) {
      good.push_back(row);
      continue;
    }
    failed.push_back(row);
    append_poison(findings.poison, {accepted, *failures[row]}, rows, row);
  }
  if (failed.empty()) return failed;
  Batch kept(rows.shared_schema());
  kept.append_rows(rows, good);
  rows = std::move(kept);
  return failed;
}

}  // namespace

Result<Aggregation> Aggregation::make(const sql::GroupNode& group,
                                      const std::shared_ptr<engine::Database>& database) {
  Aggregation aggregation(group.keys);
  for (const sql::Aggregate& aggregate : group.aggregates) {
    if (aggregate.algebra == sql::Algebra::none) {
      aggregation.aggregates_.emplace_back();
      continue;
    }
    TRY(Accumulation accumulation,
        Accumulation::make(aggregate, *group.input->output, !group.input->append_only));
    aggregation.aggregates_.emplace_back(std::move(accumulation));
  }
  if (!group.bag_sql.empty()) {
    TRY(aggregation.bags_, BagEvaluation::make(group, database));
  }
  return aggregation;
}

void Aggregation::add(const Chunk& chunk, const std::vector<PlacedRow>& rows) {
  additions_.clear();
  additions_.reserve(rows.size());
  for (const PlacedRow& placed : rows) {
    const auto& [table, group] = placed.place;
    const std::int64_t weight = chunk.weight(placed.row);
    // What is taken back was forgotten with its group, which begins anew.
    if (table->rows(group) + weight < 0) continue;
    table->rows(group) += weight;
    additions_.push_back({table->accumulators(group).data(), placed.row, weight});
    if (bags_) add_to_bag(chunk, placed);
  }
  for (std::size_t i = 0; i < aggregates_.size(); ++i) {
    if (aggregates_[i]) aggregates_[i]->add(*chunk.rows, additions_, i);
  }
}

void Aggregation::add_to_bag(const Chunk& chunk, const PlacedRow& placed) {
  row_bytes_.clear();
  bags_->append_arguments(row_bytes_, *chunk.rows, placed.row);
  Bag& bag = placed.place.table->bag(placed.place.group);
  if (bags_->is_set()) return append_to_set(bag, arrivals_++, row_bytes_);
  const std::int64_t weight = chunk.weight(placed.row);
  for (std::int64_t i = 0; i < weight; ++i) append_to_bag(bag.rows, arrivals_++, row_bytes_);
  for (std::int64_t i = 0; i > weight; --i) remove_from_bag(bag.rows, row_bytes_);
}

void Aggregation::merge(const GroupPlace& to, const GroupPlace& from) const {
  to.table->rows(to.group) += from.table->rows(from.group);
  for (std::size_t i = 0; i < aggregates_.size(); ++i) {
    if (!aggregates_[i]) continue;
    aggregates_[i]->merge(to.table->accumulators(to.group)[i],
                          from.table->accumulators(from.group)[i]);
  }
  if (!bags_) return;
  std::string& rows = to.table->bag(to.group).rows;
  rows = merged_bags(rows, from.table->bag(from.group).rows);
}

Result<std::vector<std::size_t>> Aggregation::complete(Batch& rows,
                                                       const std::vector<GroupPlace>& groups,
                                                       Instant accepted, Findings& findings) {
  BagResults bags;
  if (bags_) {
    std::vector<std::string_view> views;
    views.reserve(groups.size());
    for (const GroupPlace& place : groups) views.push_back(place.table->bag(place.group).rows);
    TRY(bags, bags_->evaluate(views));
  }
  std::size_t bag_column = 0;
  for (std::size_t i = 0; i < aggregates_.size(); ++i) {
    Column& column = rows.column(keys_ + i);
    if (!aggregates_[i]) {
      column.append_range(bags.rows->column(bag_column++), 0, groups.size());
      continue;
    }
    for (const GroupPlace& place : groups) {
      aggregates_[i]->append_result(column, place.table->accumulators(place.group)[i]);
    }
  }
  return set_aside(rows, bags.failures, accepted, findings);
}

void Aggregation::load(StateReader& reader) {
  arrivals_ = std::max(arrivals_, reader.number<std::uint64_t>());
}

}  // namespace weir::dataflow
