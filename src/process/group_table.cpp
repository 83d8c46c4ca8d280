#include "process/group_table.h"

#include <cstring>
#include <functional>

namespace weir::process {

namespace {
constexpr std::size_t slots_at_first = 16;
}

GroupTable::GroupTable(std::size_t aggregates) : aggregates_(aggregates), slots_(slots_at_first) {}

std::size_t GroupTable::find_or_add(std::string_view key) {
  const std::size_t hash = std::hash<std::string_view>{}(key);
  std::size_t slot = hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::size_t group = slots_[slot] - 1;
    if (hashes_[group] == hash && keys_[group] == key) return group;
  }
  const std::size_t group = keys_.size();
  char* bytes = arena_.take(key.size());
  std::memcpy(bytes, key.data(), key.size());
  keys_.emplace_back(bytes, key.size());
  hashes_.push_back(hash);
  rows_.push_back(0);
  accumulators_.resize(accumulators_.size() + aggregates_);
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

}  // namespace weir::process
