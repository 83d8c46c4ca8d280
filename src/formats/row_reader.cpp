#include "formats/row_reader.h"

#include <algorithm>
#include <utility>

#include "core/json_text.h"
#include "formats/time_text.h"

namespace weir::formats {
namespace {

constexpr std::size_t record_bytes_max = 1 << 20;
// The parser keeps room for records of this length, and grows where one is longer.
constexpr std::size_t record_bytes_usual = 16 * 1024;

bool is_structured(const Type& type) {
  return type.id == TypeId::list || type.id == TypeId::structure || type.id == TypeId::map;
}

Result<void> check_types(const ColumnRule& rule, const Type& type) {
  if (type.id == TypeId::map && !type.children[0].type.children.empty()) {
    return Error{Fault::invalid, "column " + rule.name + ": a map's key is a list or a structure"};
  }
  for (const Field& child : type.children) OK_OR_RETURN(check_types(rule, child.type));
  return {};
}

}  // namespace

RowReader::RowReader(EventRules rules, TimeZone zone)
    : rules_(std::move(rules)), zone_(std::move(zone)), reader_(&zone_) {}

Result<std::unique_ptr<RowReader>> RowReader::make(EventRules rules) {
  TRY(TimeZone zone, TimeZone::find(rules.time_zone));
  std::unique_ptr<RowReader> reader(new RowReader(std::move(rules), std::move(zone)));
  for (const ColumnRule& rule : reader->rules_.columns) {
    OK_OR_RETURN(check_types(rule, rule.type));
    TRY(ColumnPlan plan, ColumnPlan::make(rule, reader->zone_));
    reader->columns_.push_back(std::move(plan));
  }
  const auto event_time = reader->rules_.event_time;
  if (event_time) {
    ASSERT(*event_time < reader->columns_.size());
    const ColumnRule& rule = reader->columns_[*event_time].rule;
    if (rule.type.id != TypeId::timestamp && rule.type.id != TypeId::timestamp_tz) {
      return Error{Fault::invalid, "column " + rule.name + ": an event time is a TIMESTAMP, not " +
                                       to_string(rule.type)};
    }
  }
  TRY(reader->fields_, FieldTree::make(reader->columns_));
  if (reader->parser_.allocate(record_bytes_usual) != simdjson::SUCCESS) {
    return Error{Fault::internal, "no memory for a JSON parser"};
  }
  return reader;
}

bool RowReader::read(std::string_view record, const Acceptance& acceptance, Batch& rows) {
  rows_ = &rows;
  row_ = rows.rows();
  appended_ = 0;
  extra_.clear();
  reader_.start(record);
  if (read_record(record, acceptance)) return true;
  rows.truncate(row_);
  return false;
}

bool RowReader::read_record(std::string_view record, const Acceptance& acceptance) {
  if (record.size() > record_bytes_max) {
    return reader_.refuse("TOO_LARGE", "a record has " + std::to_string(record.size()) +
                                           " bytes, " + std::to_string(record_bytes_max) +
                                           " at most");
  }
  simdjson::ondemand::document document;
  auto error =
      parser_.iterate(record.data(), record.size(), record.size() + simdjson::SIMDJSON_PADDING)
          .get(document);
  if (error != simdjson::SUCCESS) return reader_.refuse_json(error);
  ValueReader::Object object;
  error = document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) {
    return reader_.refuse("MALFORMED", "a record is an object, such as {\"a\": 1}");
  }
  if (error != simdjson::SUCCESS) return reader_.refuse_json(error);
  if (!read_object(*fields_, object, 1)) return false;
  const char* behind = nullptr;
  if (document.current_location().get(behind) != simdjson::OUT_OF_BOUNDS) {
    return reader_.refuse("MALFORMED", "something stands behind the record's object");
  }
  if (appended_ < columns_.size() && !fill_missing()) return false;
  if (rules_.unknown_fields == UnknownFields::keep) {
    Column& extra = rows_->column(columns_.size());
    extra_.empty() ? extra.append_null() : extra.append_string(extra_ + "}");
  }
  return check_event_time(acceptance);
}

bool RowReader::read_object(FieldTree& fields, ValueReader::Object& object, int depth) {
  fields.begin();
  return reader_.each_field(object, [&](const char* key, ValueReader::Value& value) {
    FieldSlot* slot = fields.expect(key, reader_.end());
    if (slot == nullptr) {
      std::string_view name;
      if (!reader_.name_of(key, name)) return false;
      slot = fields.find(name);
    }
    return slot == nullptr ? read_unknown(fields, key, value, depth)
                           : read_field(*slot, value, depth);
  });
}

bool RowReader::read_field(FieldSlot& slot, ValueReader::Value& value, int depth) {
  Token token;
  if (!reader_.token(value, token)) return false;
  switch (token.kind) {
    case Token::Kind::object: return read_container<ValueReader::Object>(slot, value, depth);
    case Token::Kind::array: return read_container<ValueReader::Array>(slot, value, depth);
    default: return read_scalar(slot, token);
  }
}

bool RowReader::read_scalar(FieldSlot& slot, const Token& token) {
  for (const std::uint32_t index : slot.columns) {
    if (!append_scalar(index, token)) return false;
  }
  // In null there is nothing: what is read from inside it is missing.
  if (slot.inside == nullptr || token.kind == Token::Kind::null) return true;
  return reader_.refuse("WRONG_TYPE", "the field \"" + slot.name + "\" is " +
                                          reader_.excerpt(token.raw) + ": write an object");
}

bool RowReader::append_scalar(std::uint32_t index, const Token& token) {
  const ColumnPlan& plan = columns_[index];
  Column& column = rows_->column(index);
  if (!begin_value(index)) return false;
  if (!reader_.append_token(column, token, plan.rule.format)) return in_column(index, false);
  if (token.kind == Token::Kind::null) {
    return !plan.rule.required ||
           reader_.refuse("MISSING", "column " + plan.rule.name + ": null, but it is required");
  }
  if (!plan.has_bounds() || plan.admits(column, row_)) return true;
  return reader_.refuse(
      "OUT_OF_RANGE",
      "column " + plan.rule.name + ": " + reader_.excerpt(token.raw) + " is not " + plan.bounds());
}

template <class Container>
bool RowReader::read_container(FieldSlot& slot, ValueReader::Value& value, int depth) {
  Container container;
  if (!reader_.open(value, container)) return false;
  std::string_view text;
  const bool is_walked = slot.columns.size() == 1 && slot.inside == nullptr;
  if (!is_walked && !reader_.raw_container(container, text)) return false;
  for (const std::uint32_t index : slot.columns) {
    const Type& type = columns_[index].rule.type;
    if (is_walked || is_structured(type)) continue;
    if (type.id != TypeId::json) {
      const TimeFormat format = columns_[index].rule.format;
      return in_column(index,
                       reader_.refuse_value(rows_->column(index), text, Fit::wrong_type, format));
    }
    if (!append_json(index, text)) return false;
  }
  return walk(slot, container, depth + 1);
}

bool RowReader::walk(FieldSlot& slot, ValueReader::Object& object, int depth) {
  if (slot.inside != nullptr) return read_object(*slot.inside, object, depth);
  for (const std::uint32_t index : slot.columns) {
    if (slot.columns.size() > 1 && !is_structured(columns_[index].rule.type)) continue;
    return begin_value(index) &&
           in_column(index, reader_.append_object(rows_->column(index), object, depth - 1));
  }
  return reader_.check(object, depth - 1);
}

bool RowReader::walk(FieldSlot& slot, ValueReader::Array& array, int depth) {
  if (slot.inside != nullptr) {
    return reader_.refuse("WRONG_TYPE",
                          "the field \"" + slot.name + "\" is an array: write an object");
  }
  for (const std::uint32_t index : slot.columns) {
    if (slot.columns.size() > 1 && !is_structured(columns_[index].rule.type)) continue;
    return begin_value(index) &&
           in_column(index, reader_.append_array(rows_->column(index), array, depth - 1));
  }
  return reader_.check(array, depth - 1);
}

bool RowReader::read_unknown(const FieldTree& fields, const char* key, ValueReader::Value& value,
                             int depth) {
  if (rules_.unknown_fields == UnknownFields::ignore) return reader_.check(value, depth);
  std::string_view name;
  if (!reader_.name_of(key, name)) return false;
  const std::string path = fields.prefix() + std::string(name);
  if (rules_.unknown_fields == UnknownFields::quarantine) {
    return reader_.refuse("UNKNOWN_FIELD", "the field \"" + path + "\" is not in the schema");
  }
  std::string_view text;
  if (!reader_.raw(value, depth, text)) return false;
  extra_ += extra_.empty() ? '{' : ',';
  append_json_string(extra_, path);
  extra_ += ':';
  extra_ += text;
  return true;
}

bool RowReader::begin_value(std::uint32_t index) {
  if (rows_->column(index).size() > row_) {
    return reader_.refuse("DUPLICATE_FIELD", "column " + columns_[index].rule.name +
                                                 ": its field stands in the record twice");
  }
  ++appended_;
  return true;
}

bool RowReader::append_json(std::uint32_t index, std::string_view text) {
  if (!begin_value(index)) return false;
  rows_->column(index).append_string(text);
  return true;
}

bool RowReader::in_column(std::uint32_t index, bool is_read) {
  if (is_read) return true;
  const Refusal& inner = reader_.refusal();
  return reader_.refuse(inner.code, "column " + columns_[index].rule.name + ": " + inner.reason);
}

bool RowReader::fill_missing() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = rows_->column(i);
    if (column.size() > row_) continue;
    const ColumnPlan& plan = columns_[i];
    if (plan.default_value) {
      column.append_range(*plan.default_value, 0, 1);
    } else if (plan.rule.required) {
      return reader_.refuse(
          "MISSING", "column " + plan.rule.name + ": the field is missing, but it is required");
    } else {
      column.append_null();
    }
  }
  return true;
}

bool RowReader::check_event_time(const Acceptance& acceptance) {
  const std::int64_t now = acceptance.now.time_since_epoch().count();
  if (!rules_.event_time) {
    rows_->column(rows_->column_count() - 1).append(now);
    return true;
  }
  const std::string& name = columns_[*rules_.event_time].rule.name;
  const Column& column = rows_->column(*rules_.event_time);
  if (column.is_null(row_)) {
    return reader_.refuse("MISSING", "column " + name + ": the event time is missing or null");
  }
  const std::int64_t micros = column.values<std::int64_t>()[row_];
  if (micros == -timestamp_infinity) {
    return reader_.refuse("OUT_OF_RANGE", "column " + name + ": an event time is not infinite");
  }
  if (micros <= acceptance.latest.time_since_epoch().count()) return true;
  std::string reason = "column " + name + ": the event time ";
  append_timestamp(reason, micros);
  reason += " is too far ahead of the clock; the latest accepted now is ";
  append_timestamp(reason, acceptance.latest.time_since_epoch().count());
  return reader_.refuse("TOO_FAR_AHEAD", std::move(reason));
}

}  // namespace weir::formats
