// Keeps a group's argument rows, for the aggregates that cannot be kept running, and evaluates them
// over many groups by one query.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "engine/batch_query.h"
#include "sql/plan.h"

namespace weir::dataflow {

struct Bag {
  std::string rows;
  std::size_t set_bytes = 0;  // of rows, when equal ones were taken out last
};

// A row of a bag: its columns' bytes as they are, and its number in order of arrival.
void append_to_bag(std::string& bag, std::uint64_t arrival, std::string_view row);
// The same where a row counts once. Equal ones stay until the bag has grown to twice its size, and
// then only the first: a row costs the same however many there are.
void append_to_set(Bag& bag, std::uint64_t arrival, std::string_view row);
// Takes one such row out of the bag again; no change where it has none.
void remove_from_bag(std::string& bag, std::string_view row);
// Both bags' rows in order of arrival.
std::string merged_bags(std::string_view left, std::string_view right);

// What came of each bag, in their order.
struct BagResults {
  std::unique_ptr<Batch> rows;                       // a column each aggregate; null: it failed
  std::vector<std::optional<std::string>> failures;  // why, by bag
};

// Owned by one thread.
class BagEvaluation {
 public:
  static Result<BagEvaluation> make(const sql::GroupNode& group,
                                    const std::shared_ptr<engine::Database>& database);

  // Whether equal rows of a bag count once.
  bool is_set() const { return is_set_; }
  // The bytes of a row's arguments: what a bag holds of it.
  void append_arguments(std::string& bytes, const Batch& rows, std::size_t row) const;
  Result<BagResults> evaluate(const std::vector<std::string_view>& bags);

 private:
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  BagEvaluation(const sql::GroupNode& group, std::shared_ptr<const Schema> input,
                std::unique_ptr<engine::BatchQuery> query);
  std::shared_ptr<const Batch> input_of(const std::vector<std::string_view>& bags,
                                        Range range) const;
  Result<void> run(const std::vector<std::string_view>& bags, Range range, BagResults& results);
  void take(const Batch& rows, Range range, BagResults& results) const;

  std::size_t keys_;
  bool is_set_;
  std::set<std::size_t> columns_;         // of the rows, that the query reads
  std::shared_ptr<const Schema> input_;   // c0, then the arguments
  std::shared_ptr<const Schema> output_;  // without c0
  std::unique_ptr<engine::BatchQuery> query_;
};

}  // namespace weir::dataflow
