#include "dataflow/bag.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "scalars/value_bytes.h"

namespace weir::dataflow {
namespace {

struct BagRow {
  std::uint64_t arrival = 0;
  std::string_view row;
};

constexpr std::size_t head_bytes = sizeof(std::uint64_t) + sizeof(std::uint32_t);

// The first row, which is taken off.
BagRow take_row(std::string_view& bag) {
  ASSERT(bag.size() >= head_bytes);
  BagRow taken;
  std::uint32_t length = 0;
  std::memcpy(&taken.arrival, bag.data(), sizeof taken.arrival);
  std::memcpy(&length, bag.data() + sizeof taken.arrival, sizeof length);
  taken.row = bag.substr(head_bytes, length);
  bag.remove_prefix(head_bytes + length);
  return taken;
}

// What DuckDB gives over no row is null, or a count of none.
void append_nothing(Batch& rows) {
  for (std::size_t i = 0; i < rows.column_count(); ++i) rows.column(i).append_null();
}

}  // namespace

void append_to_bag(std::string& bag, std::uint64_t arrival, std::string_view row) {
  const auto length = static_cast<std::uint32_t>(row.size());
  bag.append(reinterpret_cast<const char*>(&arrival), sizeof arrival);
  bag.append(reinterpret_cast<const char*>(&length), sizeof length);
  bag.append(row);
}

void append_to_set(Bag& bag, std::uint64_t arrival, std::string_view row) {
  constexpr std::size_t worth_it = 256;  // bytes
  append_to_bag(bag.rows, arrival, row);
  if (bag.rows.size() < std::max(worth_it, 2 * bag.set_bytes)) return;
  std::unordered_set<std::string_view> known;
  std::string kept;
  for (std::string_view left = bag.rows; !left.empty();) {
    const std::string_view from = left;
    if (!known.insert(take_row(left).row).second) continue;
    kept.append(from.substr(0, from.size() - left.size()));
  }
  bag.rows = std::move(kept);
  bag.set_bytes = bag.rows.size();
}

void remove_from_bag(std::string& bag, std::string_view row) {
  std::string_view left = bag;
  while (!left.empty()) {
    const std::size_t begin = bag.size() - left.size();
    if (take_row(left).row != row) continue;
    bag.erase(begin, head_bytes + row.size());
    return;
  }
}

std::string merged_bags(std::string_view left, std::string_view right) {
  std::string merged;
  merged.reserve(left.size() + right.size());
  while (!left.empty() && !right.empty()) {
    std::string_view left_rest = left;
    std::string_view right_rest = right;
    const bool is_left = take_row(left_rest).arrival < take_row(right_rest).arrival;
    std::string_view& from = is_left ? left : right;
    const std::string_view rest = is_left ? left_rest : right_rest;
    merged.append(from.substr(0, from.size() - rest.size()));
    from = rest;
  }
  return merged.append(left).append(right);
}

Result<BagEvaluation> BagEvaluation::make(const sql::GroupNode& group,
                                          const std::shared_ptr<engine::Database>& database) {
  auto input = std::make_shared<Schema>();
  input->columns.push_back({"c0", Type{.id = TypeId::uinteger}});
  const std::vector<Field>& columns = group.input->output->columns;
  for (std::size_t i = group.keys; i < columns.size(); ++i) input->columns.push_back(columns[i]);
  TRY(auto query, engine::BatchQuery::prepare(database, group.bag_sql, input));
  return BagEvaluation(group, std::move(input), std::move(query));
}

BagEvaluation::BagEvaluation(const sql::GroupNode& group, std::shared_ptr<const Schema> input,
                             std::unique_ptr<engine::BatchQuery> query)
    : keys_(group.keys),
      is_set_(group.bag_is_set),
      columns_(group.bag_columns),
      input_(std::move(input)),
      query_(std::move(query)) {
  Schema output = *query_->output();
  output.columns.erase(output.columns.begin());
  output_ = std::make_shared<const Schema>(std::move(output));
}

void BagEvaluation::append_arguments(std::string& bytes, const Batch& rows, std::size_t row) const {
  for (std::size_t i = keys_; i < rows.column_count(); ++i) {
    // What tells apart rows that are the same for the query would keep both.
    if (is_set_ && !columns_.contains(i)) {
      append_null_bytes(bytes);
    } else {
      append_value_bytes(bytes, rows.column(i), row, ValueForm::exact);
    }
  }
}

Result<BagResults> BagEvaluation::evaluate(const std::vector<std::string_view>& bags) {
  BagResults results{.rows = std::make_unique<Batch>(output_)};
  OK_OR_RETURN(run(bags, {0, bags.size()}, results));
  return results;
}

Result<void> BagEvaluation::run(const std::vector<std::string_view>& bags, Range range,
                                BagResults& results) {
  if (range.count == 0) return {};
  // An argument that reads the time of acceptance is a column of the bag.
  auto rows = query_->run(input_of(bags, range), {});
  if (rows.ok()) {
    take(*rows.value(), range, results);
    return {};
  }
  if (rows.error().fault != Fault::invalid) return std::move(rows).error();
  if (range.count == 1) {
    append_nothing(*results.rows);
    results.failures.emplace_back(rows.error().message);
    return {};
  }
  const std::size_t half = range.count / 2;
  OK_OR_RETURN(run(bags, {range.first, half}, results));
  return run(bags, {range.first + half, range.count - half}, results);
}

std::shared_ptr<const Batch> BagEvaluation::input_of(const std::vector<std::string_view>& bags,
                                                     Range range) const {
  auto input = std::make_shared<Batch>(input_);
  for (std::uint32_t i = 0; i < range.count; ++i) {
    std::string_view bag = bags[range.first + i];
    while (!bag.empty()) {
      BagRow taken = take_row(bag);
      input->column(0).append(i);
      for (std::size_t column = 1; column < input->column_count(); ++column) {
        append_from_value_bytes(input->column(column), taken.row);
      }
    }
  }
  return input;
}

void BagEvaluation::take(const Batch& rows, Range range, BagResults& results) const {
  constexpr std::size_t none = ~std::size_t{0};
  std::vector<std::size_t> row_of(range.count, none);
  const auto numbers = rows.column(0).values<std::uint32_t>();
  for (std::size_t row = 0; row < numbers.size(); ++row) row_of[numbers[row]] = row;
  for (const std::size_t row : row_of) {
    results.failures.emplace_back();
    if (row == none) {
      append_nothing(*results.rows);
      continue;
    }
    for (std::size_t i = 0; i < results.rows->column_count(); ++i) {
      results.rows->column(i).append_range(rows.column(i + 1), row, 1);
    }
  }
}

}  // namespace weir::dataflow
