// Values of JSON, lists and structures included, read into columns or only checked.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/column.h"
#include "formats/json_token.h"
#include "formats/scalar_value.h"

namespace weir::formats {

inline constexpr int depth_max = 64;

// Why a record is refused.
struct Refusal {
  std::string_view code;
  std::string reason;
};

// Works on the record given to `start` until the next. What returns false has set refusal(), and
// may have left a value half appended. `depth` is the number of arrays and objects around a value.
class ValueReader {
 public:
  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;
  using Array = simdjson::ondemand::array;

  explicit ValueReader(const TimeZone* zone) : zone_(zone) {}

  void start(std::string_view record) { end_ = record.data() + record.size(); }
  const char* end() const { return end_; }
  const Refusal& refusal() const { return refusal_; }

  // Broken ones are refused.
  bool token(Value& value, Token& token);
  bool append(Column& column, Value& value, TimeFormat format, int depth);
  bool append_token(Column& column, const Token& token, TimeFormat format);
  // Into a list, a structure or a map.
  bool append_object(Column& column, Object& object, int depth);
  bool append_array(Column& column, Array& array, int depth);
  // Whether all of it is JSON.
  bool check(Value& value, int depth);
  bool check(Object& object, int depth);
  bool check(Array& array, int depth);
  // All of it as it stands, checked; for a scalar `token` says what it is.
  bool raw(Value& value, int depth, std::string_view& text);
  // As it stands, not checked; begins anew afterwards.
  template <class Container>
  bool raw_container(Container& container, std::string_view& text);
  template <class Container>
  bool open(Value& value, Container& container);
  // Calls visit(key, value) for each field; the key is as it stands. False as soon as visit is.
  template <class Visit>
  bool each_field(Object& object, Visit visit);
  // Between the quotes, unescaped.
  bool name_of(const char* key, std::string_view& name);
  // Between the quotes, as it stands.
  std::string_view raw_name(const char* key) const;

  // Always false, for `return refuse(...)`.
  bool refuse(std::string_view code, std::string reason);
  bool refuse_json(simdjson::error_code error);
  bool refuse_value(const Column& column, std::string_view value, Fit fit, TimeFormat format);
  // The start of a value, for a reason.
  std::string excerpt(std::string_view raw) const;

 private:
  bool append_field(Column& column, std::string_view name, Value& value, int depth);
  bool append_entries(Column& column, Object& object, int depth);
  bool close_map(Column& column);
  bool deep(int depth);

  const TimeZone* zone_;
  const char* end_ = nullptr;  // of the record
  std::string scratch_;        // the string just read
  std::string name_scratch_;
  std::vector<std::string_view> keys_;
  Refusal refusal_;
};

template <class Container>
bool ValueReader::open(Value& value, Container& container) {
  const auto error = value.get<Container>().get(container);
  return error == simdjson::SUCCESS || refuse_json(error);
}

template <class Container>
bool ValueReader::raw_container(Container& container, std::string_view& text) {
  auto error = container.raw_json().get(text);
  if (error == simdjson::SUCCESS) error = container.reset().error();
  if (error != simdjson::SUCCESS) return refuse_json(error);
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  return true;
}

template <class Visit>
bool ValueReader::each_field(Object& object, Visit visit) {
  for (auto next : object) {
    simdjson::ondemand::field field;
    const auto error = std::move(next).get(field);
    if (error != simdjson::SUCCESS) return refuse_json(error);
    if (!visit(field.key().raw(), field.value())) return false;
  }
  return true;
}

}  // namespace weir::formats
