#include "formats/field_tree.h"

#include <cstring>

namespace weir::formats {

Result<std::unique_ptr<FieldTree>> FieldTree::make(std::span<const ColumnPlan> columns) {
  auto tree = std::make_unique<FieldTree>();
  for (std::uint32_t i = 0; i < columns.size(); ++i) tree->add(columns[i], i, 0);
  OK_OR_RETURN(tree->check(columns));
  return tree;
}

void FieldTree::add(const ColumnPlan& column, std::uint32_t index, std::size_t depth) {
  const std::string& name = column.rule.path[depth];
  const auto size = static_cast<std::uint32_t>(slots_.size());
  const auto [found, is_new] = by_name_.try_emplace(name, size);
  if (is_new) {
    slots_.push_back({.name = name});
    next_.push_back(size + 1);  // the order of the columns is the first guess
  }
  FieldSlot& slot = slots_[found->second];
  if (depth + 1 == column.rule.path.size()) {
    slot.columns.push_back(index);
    return;
  }
  if (slot.inside == nullptr) {
    slot.inside = std::make_unique<FieldTree>();
    slot.inside->prefix_ = prefix_ + name + ".";
  }
  slot.inside->add(column, index, depth + 1);
}

// A field's array or object can be walked over once, beside columns that keep it as JSON.
Result<void> FieldTree::check(std::span<const ColumnPlan> columns) const {
  for (const FieldSlot& slot : slots_) {
    std::size_t walkers = slot.inside == nullptr ? 0 : 1;
    for (const std::uint32_t column : slot.columns) {
      const TypeId id = columns[column].rule.type.id;
      walkers += id == TypeId::list || id == TypeId::structure || id == TypeId::map ? 1 : 0;
    }
    if (walkers > 1) {
      return Error{Fault::invalid, "several columns read the inside of the field " + prefix_ +
                                       slot.name + ": keep it in one, or as JSON"};
    }
    if (slot.inside != nullptr) OK_OR_RETURN(slot.inside->check(columns));
  }
  return {};
}

FieldSlot* FieldTree::expect(const char* key, const char* end) {
  if (expected_ >= slots_.size()) return nullptr;
  FieldSlot& slot = slots_[expected_];
  const std::size_t length = slot.name.size();
  if (static_cast<std::size_t>(end - key) <= length || key[length] != '"') return nullptr;
  if (std::memcmp(key, slot.name.data(), length) != 0) return nullptr;
  last_ = expected_ + 1;
  expected_ = next_[expected_];
  return &slot;
}

FieldSlot* FieldTree::find(std::string_view name) {
  const auto found = by_name_.find(std::string(name));
  if (found == by_name_.end()) return nullptr;
  const std::uint32_t index = found->second;
  (last_ == 0 ? first_ : next_[last_ - 1]) = index;
  last_ = index + 1;
  expected_ = next_[index];
  return &slots_[index];
}

}  // namespace weir::formats
