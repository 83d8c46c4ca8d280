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

#include "formats/column_plan.h"
#include "formats/usual_value.h"

namespace weir::formats {

class FieldTree;

struct FieldSlot {
  std::string name;
  std::vector<std::uint32_t> columns;  // that read the field itself
  std::unique_ptr<FieldTree> inside;   // of columns that read what is in it
  UsualReader read_usual = nullptr;    // of the only column, if no other reads the field or in it
  std::uint32_t usual_column = 0;      // that one
  bool has_bounds = false;
  std::string written;        // "name": as JSON mostly has it; empty if it needs escapes
  FieldSlot* next = nullptr;  // the field that came behind this one the last time
};

// The fields of one object that are read. Remembers the order they came in: records of one sender
// have their fields in the same order, so that mostly one comparison finds a field.
class FieldTree {
 public:
  static std::unique_ptr<FieldTree> make(std::span<const ColumnPlan> columns);

  // A new object begins.
  void begin() {
    expected_ = first_;
    last_ = nullptr;
  }
  // The field most likely to be next, or null. Its name needs no escapes.
  FieldSlot* expected() const { return expected_; }
  void take_expected() { expect_behind(*expected_); }
  // The field of that name, or null; the next time it is expected here.
  FieldSlot* find(std::string_view name);
  // "user." of the fields in user, empty at the top.
  const std::string& prefix() const { return prefix_; }

 private:
  void add(const ColumnPlan& column, std::uint32_t index, std::size_t depth);
  void expect_behind(FieldSlot& slot) {
    last_ = &slot;
    expected_ = slot.next;
  }

  std::string prefix_;
  std::vector<std::unique_ptr<FieldSlot>> slots_;
  std::unordered_map<std::string_view, FieldSlot*> by_name_;
  FieldSlot* first_ = nullptr;
  FieldSlot* expected_ = nullptr;
  FieldSlot* last_ = nullptr;  // found last in this object
};

}  // namespace weir::formats
