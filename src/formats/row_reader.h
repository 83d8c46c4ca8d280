// One record into one row, by the source's rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/event_rules.h"
#include "formats/event_decoder.h"
#include "formats/field_tree.h"
#include "formats/value_reader.h"

namespace weir::formats {

class RowReader {
 public:
  // Fault::invalid: a rule contradicts itself.
  static Result<std::unique_ptr<RowReader>> make(EventRules rules);

  // Appends the record's row, or nothing and says why in refusal(). The record is UTF-8.
  bool read(std::string_view record, const Acceptance& acceptance, Batch& rows);
  const Refusal& refusal() const { return reader_.refusal(); }

 private:
  RowReader(EventRules rules, TimeZone zone);

  bool read_record(std::string_view record, const Acceptance& acceptance);
  bool read_object(FieldTree& fields, int depth);
  bool read_field(FieldSlot& slot, int depth);
  const char* read_usual(const FieldSlot& slot, const char* at);
  bool read_usual_fields(FieldTree& fields);
  bool read_inside(FieldSlot& slot, const Token& token, int depth);
  // What stands in the column's value and not in its type.
  void note_unknown_members(std::uint32_t index);
  void keep_unread_by_both(std::size_t first, std::size_t second);
  bool judge_unknown();
  bool read_unknown(const FieldTree& fields, std::string_view name, int depth);
  bool append(std::uint32_t index, const Token& token, int depth);
  bool fill_missing();
  bool check_event_time(const Acceptance& acceptance);

  EventRules rules_;
  TimeZone zone_;
  ValueReader reader_;
  std::vector<ColumnPlan> columns_;
  std::unique_ptr<FieldTree> fields_;
  Batch* rows_ = nullptr;               // of the record being read, as are the next three
  std::size_t row_ = 0;                 // its number
  std::size_t appended_ = 0;            // declared columns that have their value
  std::vector<UnknownMember> unknown_;  // what nothing reads, by its path in the record
};

}  // namespace weir::formats
