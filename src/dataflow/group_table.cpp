#include "dataflow/group_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "dataflow/key_bytes.h"

namespace weir::dataflow {

namespace {

constexpr std::size_t slots_at_first = 16;

void save_accumulator(StateWriter& writer, const Accumulator& accumulator) {
  writer.number(accumulator.whole);
  writer.number(accumulator.real);
  writer.number(accumulator.lost);
  writer.number(accumulator.count);
  writer.text(accumulator.text);
}

Accumulator load_accumulator(StateReader& reader) {
  Accumulator accumulator;
  accumulator.whole = reader.number<Int128>();
  accumulator.real = reader.number<double>();
  accumulator.lost = reader.number<double>();
  accumulator.count = reader.number<std::int64_t>();
  accumulator.text = reader.text();
  return accumulator;
}

}  // namespace

GroupTable::GroupTable(std::size_t aggregates, bool has_bag)
    : aggregates_(aggregates), has_bag_(has_bag), slots_(slots_at_first) {}

std::size_t GroupTable::find_or_add(std::string_view key, std::size_t hash) {
  std::size_t slot = hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::size_t group = slots_[slot] - 1;
    if (hashes_[group] == hash && keys_[group] == key) return group;
  }
  const std::size_t group = keys_.size();
  char* bytes = arena_.take(key.size());
  if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
  keys_.emplace_back(bytes, key.size());
  hashes_.push_back(hash);
  rows_.push_back(0);
  accumulators_.resize(accumulators_.size() + aggregates_);
  if (has_bag_) bags_.emplace_back();
  slots_[slot] = static_cast<std::uint32_t>(group + 1);
  if (keys_.size() * 2 > slots_.size()) grow();
  return group;
}

void GroupTable::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::size_t group = 0; group < keys_.size(); ++group) {
    std::size_t slot = hashes_[group] & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(group + 1);
  }
}

void GroupTable::reset(std::size_t group) {
  rows_[group] = 0;
  for (Accumulator& accumulator : accumulators(group)) accumulator = {};
  if (has_bag_) bags_[group] = {};
}

std::size_t GroupTable::take(GroupTable& from, std::size_t group) {
  const std::size_t to = find_or_add(from.key(group), from.hash(group));
  rows_[to] = from.rows_[group];
  for (std::size_t i = 0; i < aggregates_; ++i) {
    accumulators(to)[i] = std::move(from.accumulators(group)[i]);
  }
  if (has_bag_) bags_[to] = std::move(from.bags_[group]);
  return to;
}

void GroupTable::save(StateWriter& writer) const {
  writer.number<std::uint64_t>(size());
  for (std::size_t group = 0; group < size(); ++group) {
    writer.text(keys_[group]);
    writer.number(rows_[group]);
    for (std::size_t i = 0; i < aggregates_; ++i) {
      save_accumulator(writer, accumulators_[group * aggregates_ + i]);
    }
    if (has_bag_) writer.text(bags_[group].rows);
  }
}

Result<void> GroupTable::load(StateReader& reader, const KeyFilter& takes) {
  const auto count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view key = reader.text();
    const auto rows = reader.number<std::int64_t>();
    std::vector<Accumulator> accumulators;
    for (std::size_t a = 0; a < aggregates_; ++a) accumulators.push_back(load_accumulator(reader));
    const std::string_view bag = has_bag_ ? reader.text() : std::string_view();
    if (!reader.ok()) return other_form();
    if (!takes(key)) continue;
    const std::size_t group = find_or_add(key, hash_of_key(key));
    rows_[group] = rows;
    std::ranges::move(accumulators, this->accumulators(group).begin());
    if (has_bag_) bags_[group].rows = bag;
  }
  return {};
}

}  // namespace weir::dataflow
