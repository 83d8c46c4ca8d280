#include "formats/field_tree.h"

#include "core/json_text.h"

namespace weir::formats {

std::unique_ptr<FieldTree> FieldTree::make(std::span<const ColumnPlan> columns) {
  auto tree = std::make_unique<FieldTree>();
  for (std::uint32_t i = 0; i < columns.size(); ++i) tree->add(columns[i], i, 0);
  return tree;
}

void FieldTree::add(const ColumnPlan& column, std::uint32_t index, std::size_t depth) {
  const std::string& name = column.rule.path[depth];
  FieldSlot* slot = find(name);
  if (slot == nullptr) {
    slots_.push_back(std::make_unique<FieldSlot>());
    slot = slots_.back().get();
    slot->name = name;
    const std::string written = json_string(name);
    if (written.size() == name.size() + 2) slot->written = written + ':';
    by_name_.emplace(slot->name, slot);
    find(name);  // the order of the columns is the first guess
  }
  if (depth + 1 == column.rule.path.size()) {
    slot->columns.push_back(index);
    const bool is_only = slot->columns.size() == 1 && slot->inside == nullptr;
    slot->usual_column = index;
    slot->has_bounds = column.has_bounds();
    slot->read_usual = is_only ? usual_reader(column.rule.type, column.rule.format) : nullptr;
    return;
  }
  slot->read_usual = nullptr;
  if (slot->inside == nullptr) {
    slot->inside = std::make_unique<FieldTree>();
    slot->inside->prefix_ = prefix_ + name + ".";
  }
  slot->inside->add(column, index, depth + 1);
}

FieldSlot* FieldTree::find(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  FieldSlot* slot = found->second;
  if (!slot->written.empty()) (last_ == nullptr ? first_ : last_->next) = slot;
  expect_behind(*slot);
  return slot;
}

}  // namespace weir::formats
