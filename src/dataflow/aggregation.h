// All aggregates of a GROUP BY together: those kept running and those evaluated over bags.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataflow/accumulator.h"
#include "dataflow/bag.h"
#include "dataflow/group_table.h"
#include "dataflow/operator.h"

namespace weir::dataflow {

struct GroupPlace {
  GroupTable* table = nullptr;
  std::size_t group = 0;

  friend bool operator==(const GroupPlace&, const GroupPlace&) = default;
};

// A row of a chunk and the group it belongs to.
struct PlacedRow {
  GroupPlace place;
  std::uint32_t row = 0;
};

// Owned by one thread.
class Aggregation {
 public:
  static Result<Aggregation> make(const sql::GroupNode& group,
                                  const std::shared_ptr<engine::Database>& database);

  GroupTable new_table() const { return {aggregates_.size(), bags_.has_value()}; }
  // Placing comes first and adding after it, because a table that grows moves its groups.
  void add(const Chunk& chunk, const std::vector<PlacedRow>& rows);
  // As if all rows of `from` had been added to `to` in their order of arrival.
  void merge(const GroupPlace& to, const GroupPlace& from) const;
  // `rows` has the groups' keys, and gets the aggregates behind them. A group that an aggregate
  // failed on is set aside and its row taken out; gives their indexes in `groups`.
  Result<std::vector<std::size_t>> complete(Batch& rows, const std::vector<GroupPlace>& groups,
                                            Instant accepted, Findings& findings);

  void save(StateWriter& writer) const { writer.number(arrivals_); }
  void load(StateReader& reader);

 private:
  explicit Aggregation(std::size_t keys) : keys_(keys) {}
  void add_to_bag(const Chunk& chunk, const PlacedRow& placed);

  std::size_t keys_;
  std::vector<std::optional<Accumulation>> aggregates_;  // in the plan's order; none: of the bag
  std::optional<BagEvaluation> bags_;
  std::uint64_t arrivals_ = 0;  // rows put into bags so far
  std::vector<Addition> additions_;
  std::string row_bytes_;
};

}  // namespace weir::dataflow
