// One record into one row, by the source's rules.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

  // Appends the record's row, or nothing and says why in refusal(). Behind the record stand at
  // least simdjson's padding bytes that may be read.
  bool read(std::string_view record, const Acceptance& acceptance, Batch& rows);
  const Refusal& refusal() const { return reader_.refusal(); }

 private:
  RowReader(EventRules rules, TimeZone zone);

  bool read_record(std::string_view record, const Acceptance& acceptance);
  bool read_object(FieldTree& fields, ValueReader::Object& object, int depth);
  bool read_field(FieldSlot& slot, ValueReader::Value& value, int depth);
  bool read_scalar(FieldSlot& slot, const Token& token);
  template <class Container>
  bool read_container(FieldSlot& slot, ValueReader::Value& value, int depth);
  bool walk(FieldSlot& slot, ValueReader::Object& object, int depth);
  bool walk(FieldSlot& slot, ValueReader::Array& array, int depth);
  bool read_unknown(const FieldTree& fields, const char* key, ValueReader::Value& value, int depth);
  bool begin_value(std::uint32_t index);
  bool append_json(std::uint32_t index, std::string_view text);
  bool append_scalar(std::uint32_t index, const Token& token);
  bool in_column(std::uint32_t index, bool is_read);
  bool fill_missing();
  bool check_event_time(const Acceptance& acceptance);

  EventRules rules_;
  TimeZone zone_;
  ValueReader reader_;
  simdjson::ondemand::parser parser_;
  std::vector<ColumnPlan> columns_;
  std::unique_ptr<FieldTree> fields_;
  Batch* rows_ = nullptr;     // of the record being read, as are the next three
  std::size_t row_ = 0;       // its number
  std::size_t appended_ = 0;  // declared columns that have their value
  std::string extra_;         // its unknown fields
};

}  // namespace weir::formats
