#include "formats/row_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/json_text.h"
#include "scalars/time_text.h"

namespace weir::formats {
namespace {

constexpr std::size_t record_bytes_max = 1 << 20;

Result<void> check_types(const ColumnRule& rule, const Type& type) {
  if (type.id == TypeId::map && !type.children[0].type.children.empty()) {
    return Error{Fault::invalid, "column " + rule.name + ": a map's key is a list or a structure"};
  }
  for (const Field& child : type.children) OK_OR_RETURN(check_types(rule, child.type));
  return {};
}

}  // namespace

RowReader::RowReader(EventRules rules, TimeZone zone)
    : rules_(std::move(rules)),
      zone_(std::move(zone)),
      reader_(&zone_, rules_.unknown_fields != UnknownFields::ignore) {}

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
  reader->fields_ = FieldTree::make(reader->columns_);
  return reader;
}

bool RowReader::read(std::string_view record, const Acceptance& acceptance, Batch& rows) {
  rows_ = &rows;
  row_ = rows.rows();
  appended_ = 0;
  unknown_.clear();
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
  reader_.cursor().skip_space();
  if (reader_.cursor().next() != '{') {
    return reader_.refuse("MALFORMED", "a record is an object, such as {\"a\": 1}");
  }
  if (!read_object(*fields_, 0)) return false;
  if (!reader_.at_end()) return reader_.refuse_json("something stands behind the record");
  if (!judge_unknown()) return false;
  if (appended_ < columns_.size() && !fill_missing()) return false;
  return check_event_time(acceptance);
}

bool RowReader::read_object(FieldTree& fields, int depth) {
  if (depth >= depth_max) return reader_.refuse_json("nested too deeply");
  fields.begin();
  return reader_.each_field([&] {
    if (read_usual_fields(fields)) return true;
    FieldSlot* slot = fields.expected();
    if (slot != nullptr && reader_.take_name_if(slot->written)) {
      fields.take_expected();
      return read_field(*slot, depth + 1);
    }
    std::string_view name;
    if (!reader_.take_name(name)) return false;
    slot = fields.find(name);
    return slot != nullptr ? read_field(*slot, depth + 1) : read_unknown(fields, name, depth + 1);
  });
}

// The value at `at` of what most fields are: read by one column, written in the usual way of its
// type, within its bounds. Where it ends; null, and nothing done, where it is not so.
const char* RowReader::read_usual(const FieldSlot& slot, const char* at) {
  Column& column = rows_->column(slot.usual_column);
  if (column.size() > row_) return nullptr;
  const char* const end = reader_.cursor().end();
  while (at < end && is_space(*at)) ++at;
  const char* behind = slot.read_usual(at, end, column);
  if (behind == nullptr) return nullptr;
  if (slot.has_bounds && !columns_[slot.usual_column].admits(column, row_)) {
    column.truncate(row_);
    return nullptr;
  }
  ++appended_;
  return behind;
}

// Takes the fields that come as in the record before, up to the first that does not; false where
// that is the first of all. The place is kept at hand meanwhile, not in the cursor.
bool RowReader::read_usual_fields(FieldTree& fields) {
  JsonCursor& cursor = reader_.cursor();
  const char* const end = cursor.end();
  const char* at = cursor.at();
  const char* behind = nullptr;
  while (const FieldSlot* slot = fields.expected()) {
    if (slot->read_usual == nullptr) break;
    while (at < end && is_space(*at)) ++at;
    const std::string& name = slot->written;
    const bool is_next =
        static_cast<std::size_t>(end - at) >= name.size() && is_same(at, name.data(), name.size());
    const char* value_end = is_next ? read_usual(*slot, at + name.size()) : nullptr;
    if (value_end == nullptr) break;
    fields.take_expected();
    behind = value_end;
    if (behind == end || *behind != ',') break;
    at = behind + 1;
  }
  if (behind == nullptr) return false;
  cursor.move_to(behind);
  return true;
}

bool RowReader::read_field(FieldSlot& slot, int depth) {
  Token token;
  if (!reader_.take_token(token)) return false;
  const char* begin = reader_.token_begin();
  const bool is_container = token.kind >= Token::Kind::array;
  const std::size_t first = unknown_.size();
  for (std::size_t i = 0; i < slot.columns.size(); ++i) {
    if (i > 0 && is_container) reader_.read_again(begin);
    if (!append(slot.columns[i], token, depth)) return false;
    const std::size_t second = unknown_.size();
    note_unknown_members(slot.columns[i]);
    if (i > 0) keep_unread_by_both(first, second);
  }
  if (slot.inside == nullptr) return true;
  if (is_container) reader_.read_again(begin);
  const std::size_t second = unknown_.size();
  if (!read_inside(slot, token, depth)) return false;
  if (!slot.columns.empty()) keep_unread_by_both(first, second);
  return true;
}

bool RowReader::read_inside(FieldSlot& slot, const Token& token, int depth) {
  if (token.kind == Token::Kind::object) return read_object(*slot.inside, depth);
  // In null there is nothing: what is read from inside it is missing.
  if (token.kind == Token::Kind::null) return true;
  const char* begin = reader_.token_begin();
  if (!reader_.check(token, depth)) return false;
  return reader_.refuse("WRONG_TYPE", "the field \"" + slot.name + "\" is " +
                                          ValueReader::excerpt(reader_.raw_since(begin)) +
                                          ": write an object");
}

bool RowReader::append(std::uint32_t index, const Token& token, int depth) {
  const ColumnPlan& plan = columns_[index];
  Column& column = rows_->column(index);
  if (column.size() > row_) {
    return reader_.refuse("DUPLICATE_FIELD",
                          "column " + plan.rule.name + ": its field stands in the record twice");
  }
  ++appended_;
  if (!reader_.append(column, token, plan.rule.format, depth)) {
    const Refusal& inner = reader_.refusal();
    return reader_.refuse(inner.code, "column " + plan.rule.name + ": " + inner.reason);
  }
  if (token.kind == Token::Kind::null) {
    return !plan.rule.required ||
           reader_.refuse("MISSING", "column " + plan.rule.name + ": null, but it is required");
  }
  if (!plan.has_bounds() || plan.admits(column, row_)) return true;
  return reader_.refuse("OUT_OF_RANGE", "column " + plan.rule.name + ": " +
                                            ValueReader::excerpt(token.text) + " is not " +
                                            plan.bounds());
}

void RowReader::note_unknown_members(std::uint32_t index) {
  for (UnknownMember& member : reader_.take_unknown()) {
    std::string path;
    for (const std::string& name : columns_[index].rule.path) path += name + ".";
    unknown_.push_back({path + member.path, member.raw});
  }
}

// Two readers of one field noted what they do not read, each in the record's order: the one from
// `first`, the other from `second` on. Leaves what neither reads; of two that stand one in the
// other that is the inner one.
void RowReader::keep_unread_by_both(std::size_t first, std::size_t second) {
  std::vector<UnknownMember> both;
  std::size_t a = first;
  std::size_t b = second;
  while (a < second && b < unknown_.size()) {
    const std::string_view left = unknown_[a].raw;
    const std::string_view right = unknown_[b].raw;
    if (left.data() + left.size() <= right.data()) {
      ++a;
    } else if (right.data() + right.size() <= left.data()) {
      ++b;
    } else {
      both.push_back(std::move(unknown_[left.size() <= right.size() ? a++ : b++]));
    }
  }
  unknown_.resize(first);
  std::ranges::move(both, std::back_inserter(unknown_));
}

bool RowReader::judge_unknown() {
  if (rules_.unknown_fields == UnknownFields::quarantine && !unknown_.empty()) {
    return reader_.refuse("UNKNOWN_FIELD",
                          "the field \"" + unknown_.front().path + "\" is not in the schema");
  }
  if (rules_.unknown_fields != UnknownFields::keep) return true;
  std::string extra;
  for (const UnknownMember& member : unknown_) {
    extra += extra.empty() ? '{' : ',';
    append_json_string(extra, member.path);
    extra += ':';
    extra += member.raw;
  }
  Column& column = rows_->column(columns_.size());
  extra.empty() ? column.append_null() : column.append_string(extra + "}");
  return true;
}

bool RowReader::read_unknown(const FieldTree& fields, std::string_view name, int depth) {
  if (rules_.unknown_fields == UnknownFields::ignore) return reader_.check(depth);
  std::string path = fields.prefix() + std::string(name);
  Token token;
  if (!reader_.take_token(token)) return false;
  const char* begin = reader_.token_begin();
  if (!reader_.check(token, depth)) return false;
  unknown_.push_back({std::move(path), reader_.raw_since(begin)});
  return true;
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
