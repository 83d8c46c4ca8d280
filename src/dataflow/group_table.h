// Finds a group's accumulators by the bytes of its key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/column.h"
#include "dataflow/accumulator.h"
#include "dataflow/bag.h"
#include "dataflow/operator.h"

namespace weir::dataflow {

// Groups are numbered in the order they came and stay until the table goes: a window is a table of
// its own, so that closing it frees its groups at once. Owned by one thread.
class GroupTable {
 public:
  // `has_bag`: each group keeps its argument rows too (bag.h).
  GroupTable(std::size_t aggregates, bool has_bag);

  // The number of the group, which is new when it was size() before. `hash` is hash_of_key(key).
  std::size_t find_or_add(std::string_view key, std::size_t hash);
  std::size_t size() const { return keys_.size(); }
  std::string_view key(std::size_t group) const { return keys_[group]; }
  std::size_t hash(std::size_t group) const { return hashes_[group]; }
  std::span<Accumulator> accumulators(std::size_t group) {
    return {accumulators_.data() + group * aggregates_, aggregates_};
  }
  // How many rows the group holds, by weight.
  std::int64_t& rows(std::size_t group) { return rows_[group]; }
  Bag& bag(std::size_t group) { return bags_[group]; }
  // Forgets the group's rows; its key stays.
  void reset(std::size_t group);
  // Takes a group of a table of the same form, which loses it. Its number here.
  std::size_t take(GroupTable& from, std::size_t group);

  void save(StateWriter& writer) const;
  // Fault::corrupt where the bytes are of another form than this table's.
  Result<void> load(StateReader& reader, const KeyFilter& takes);

 private:
  void grow();

  std::size_t aggregates_;
  bool has_bag_;
  StringHeap arena_;
  std::vector<std::string_view> keys_;
  std::vector<std::size_t> hashes_;
  std::vector<std::int64_t> rows_;
  std::vector<Accumulator> accumulators_;
  std::vector<Bag> bags_;             // empty without bags
  std::vector<std::uint32_t> slots_;  // group + 1; 0: free. A power of two, at most half full
};

}  // namespace weir::dataflow
