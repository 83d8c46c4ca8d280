#include "dataflow/plain_kernel.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "dataflow/window_spans.h"
#include "engine/batch_query.h"

namespace weir::dataflow {
namespace {

using RowIndexes = std::span<const std::uint32_t>;

// Microseconds around 1970 that leave room for any window.
constexpr std::int64_t times_max = std::int64_t{1} << 61;

bool is_near(const Column& times) {
  const auto values = times.values<std::int64_t>();  // of nulls: zeros
  return std::ranges::all_of(
      values, [](std::int64_t time) { return time >= -times_max && time <= times_max; });
}

// Of times that are near.
void append_bounds(const Column& times, const sql::PlainColumn::Bound& bound, RowIndexes rows,
                   Column& bounds) {
  const std::int64_t size = bound.size.count();
  const std::int64_t shift = bound.shift.count();
  const auto values = times.values<std::int64_t>();
  std::int64_t start = 0;
  std::int64_t end = 0;
  bounds.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    if (times.is_null(row)) {
      bounds.append_null();
      continue;
    }
    const std::int64_t time = values[row];
    if (time < start || time >= end) {  // else it is in the window of the row before
      start = floor_to(time - shift, size) + shift;
      end = start + size;
    }
    bounds.append(bound.is_end ? end : start);
  }
}

class PlainKernel final : public engine::Kernel {
 public:
  // `rest` may be null.
  PlainKernel(std::vector<std::optional<sql::PlainColumn>> plain,
              std::unique_ptr<engine::Kernel> whole, std::unique_ptr<engine::BatchQuery> rest)
      : plain_(std::move(plain)), whole_(std::move(whole)), rest_(std::move(rest)) {
    for (const auto& column : plain_) {
      if (column && column->bound) times_.insert(column->input);
    }
  }

  const std::shared_ptr<const Schema>& output() const override { return whole_->output(); }

  Result<engine::KernelOutput> run(std::shared_ptr<const Batch> input, Instant accepted) override {
    // Also where the row with that time is left out below: an expression fails on it before.
    if (!has_near_times(*input)) return whole_->run(std::move(input), accepted);
    engine::KernelOutput output;
    std::unique_ptr<Batch> rest;
    if (rest_ == nullptr) {
      output.origin.resize(input->rows());
      std::iota(output.origin.begin(), output.origin.end(), 0);
      if (is_input(*input)) {
        output.rows = std::move(input);
        return output;
      }
    } else {
      TRY(rest, rest_->run(input, accepted));
      const Column& last = rest->column(rest->column_count() - 1);
      const auto origin = last.values<std::uint32_t>();
      output.origin.assign(origin.begin(), origin.end());
    }
    ASSERT(std::ranges::is_sorted(output.origin));
    output.rows = together(*input, output.origin, rest.get());
    return output;
  }

 private:
  bool has_near_times(const Batch& input) const {
    return std::ranges::all_of(times_, [&](std::size_t i) { return is_near(input.column(i)); });
  }

  bool is_input(const Batch& input) const {
    if (input.column_count() != plain_.size() || input.schema() != *output()) return false;
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      if (plain_[i]->bound || plain_[i]->input != i) return false;
    }
    return true;
  }

  std::shared_ptr<const Batch> together(const Batch& input, RowIndexes origin, Batch* rest) const {
    auto rows = std::make_shared<Batch>(output());
    std::size_t of_rest = 0;
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      Column& column = rows->column(i);
      if (!plain_[i]) {
        column = std::move(rest->column(of_rest++));
      } else if (const Column& from = input.column(plain_[i]->input); !plain_[i]->bound) {
        column.append_rows(from, origin);
      } else {
        append_bounds(from, *plain_[i]->bound, origin, column);
      }
    }
    return rows;
  }

  std::vector<std::optional<sql::PlainColumn>> plain_;
  std::set<std::size_t> times_;  // the input's columns that windows are around
  std::unique_ptr<engine::Kernel> whole_;
  std::unique_ptr<engine::BatchQuery> rest_;
};

}  // namespace

Result<std::unique_ptr<engine::Kernel>> prepare_kernel(
    const sql::KernelNode& node, const std::shared_ptr<engine::Database>& database) {
  const auto& input = node.input->output;
  TRY(auto whole, engine::Kernel::prepare(database, node.sql, input));
  if (node.plain.empty()) return whole;
  std::unique_ptr<engine::BatchQuery> rest;
  if (!node.rest_sql.empty()) {
    TRY(rest, engine::BatchQuery::prepare(database, node.rest_sql, input));
  } else {
    ASSERT(std::ranges::all_of(node.plain, [](const auto& column) { return column.has_value(); }));
  }
  return std::unique_ptr<engine::Kernel>(
      std::make_unique<PlainKernel>(node.plain, std::move(whole), std::move(rest)));
}

}  // namespace weir::dataflow
