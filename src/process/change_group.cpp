#include "process/change_group.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "process/key_bytes.h"

namespace weir::process {
namespace {

// Whether the rows hold the same values.
bool same_row(const Batch& left, std::size_t left_row, const Batch& right, std::size_t right_row) {
  std::string left_bytes;
  std::string right_bytes;
  for (std::size_t i = 0; i < left.column_count(); ++i) {
    append_key_bytes(left_bytes, left.column(i), left_row);
    append_key_bytes(right_bytes, right.column(i), right_row);
  }
  return left_bytes == right_bytes;
}

}  // namespace

Result<ChangeGroup> ChangeGroup::make(const sql::GroupNode& group,
                                      std::shared_ptr<const Schema> output) {
  ASSERT(!group.window.has_value());
  std::vector<Accumulation> accumulations;
  for (const sql::Aggregate& aggregate : group.aggregates) {
    TRY(Accumulation accumulation,
        Accumulation::make(aggregate, *group.input->output, !group.input->append_only));
    accumulations.push_back(std::move(accumulation));
  }
  return ChangeGroup(group.keys, std::move(output), std::move(accumulations));
}

ChangeGroup::ChangeGroup(std::size_t keys, std::shared_ptr<const Schema> output,
                         std::vector<Accumulation> accumulations)
    : keys_(keys),
      output_(std::move(output)),
      accumulations_(std::move(accumulations)),
      groups_(accumulations_.size()) {}

Chunk ChangeGroup::push(const Chunk& chunk) {
  Batch before(output_);
  std::vector<std::size_t> changed;  // groups, in the order they were first touched
  std::unordered_map<std::size_t, std::optional<std::size_t>> row_before;
  for (std::size_t row = 0; row < chunk.rows->rows(); ++row) {
    const std::size_t known = groups_.size();
    const std::size_t group = group_of(*chunk.rows, row);
    const auto [place, is_first] = row_before.try_emplace(group);
    if (is_first) {
      changed.push_back(group);
      if (group < known && has_row(group)) {
        place->second = before.rows();
        append_row(before, group);
      }
    }
    groups_.rows(group) += chunk.weight(row);
    const std::span<Accumulator> accumulators = groups_.accumulators(group);
    for (std::size_t i = 0; i < accumulations_.size(); ++i) {
      accumulations_[i].add(accumulators[i], *chunk.rows, row, chunk.weight(row));
    }
  }

  Chunk changes{.accepted = chunk.accepted};
  auto rows = std::make_shared<Batch>(output_);
  for (const std::size_t group : changed) {
    const std::optional<std::size_t> old = row_before[group];
    Batch now(output_);
    if (has_row(group)) append_row(now, group);
    if (old && now.rows() == 1 && same_row(before, *old, now, 0)) continue;
    if (old) {
      rows->append_range(before, *old, 1);
      changes.weights.push_back(-1);
    }
    if (now.rows() == 1) {
      rows->append_range(now, 0, 1);
      changes.weights.push_back(+1);
    }
  }
  changes.rows = std::move(rows);
  return changes;
}

std::size_t ChangeGroup::group_of(const Batch& rows, std::size_t row) {
  key_.clear();
  for (std::size_t i = 0; i < keys_; ++i) append_key_bytes(key_, rows.column(i), row);
  return groups_.find_or_add(key_);
}

void ChangeGroup::append_row(Batch& to, std::size_t group) {
  std::string_view key = groups_.key(group);
  for (std::size_t i = 0; i < keys_; ++i) append_from_key_bytes(to.column(i), key);
  for (std::size_t i = 0; i < accumulations_.size(); ++i) {
    accumulations_[i].append_result(to.column(keys_ + i), groups_.accumulators(group)[i]);
  }
}

}  // namespace weir::process
