// Which columns read which fields: found by name, first where the last record had them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "formats/column_plan.h"

namespace weir::formats {

class FieldTree;

struct FieldSlot {
  std::string name;
  std::vector<std::uint32_t> columns;  // that read the field itself
  std::unique_ptr<FieldTree> inside;   // of columns that read what is in it
};

// The fields of one object that are read. Remembers the order they came in: records of one sender
// have their fields in the same order, so that mostly one comparison finds a field.
class FieldTree {
 public:
  // Fault::invalid: two columns read the same field in ways that exclude each other.
  static Result<std::unique_ptr<FieldTree>> make(std::span<const ColumnPlan> columns);

  // A new object begins.
  void begin() {
    expected_ = first_;
    last_ = 0;
  }
  // The field whose name, between the quotes at `key`, is as it stands in `key` up to at most
  // `end`, if it is the expected one.
  FieldSlot* expect(const char* key, const char* end);
  // The field of that name, or null; the next time it is expected here.
  FieldSlot* find(std::string_view name);
  // "user." of the fields in user, empty at the top.
  const std::string& prefix() const { return prefix_; }

 private:
  void add(const ColumnPlan& column, std::uint32_t index, std::size_t depth);
  Result<void> check(std::span<const ColumnPlan> columns) const;

  std::string prefix_;
  std::vector<FieldSlot> slots_;
  std::vector<std::uint32_t> next_;  // the slot that last came after this one
  std::unordered_map<std::string, std::uint32_t> by_name_;
  std::uint32_t first_ = 0;
  std::uint32_t expected_ = 0;
  std::uint32_t last_ = 0;  // 1 + the slot found last; 0: none yet
};

}  // namespace weir::formats
