#include "formats/json_value.h"

#include <simdjson.h>

#include <algorithm>

namespace weir::formats {
namespace {

JsonValue copy(simdjson::dom::element element);

JsonValue copy_array(const simdjson::dom::array& elements) {
  JsonValue::Array values;
  values.reserve(elements.size());
  for (const simdjson::dom::element element : elements) values.push_back(copy(element));
  return JsonValue(std::move(values));
}

JsonValue copy_object(const simdjson::dom::object& members) {
  JsonValue::Object values;
  values.reserve(members.size());
  for (const auto& [name, element] : members) values.emplace_back(name, copy(element));
  return JsonValue(std::move(values));
}

// The parser bounds the depth, and the element's type was asked before its value.
JsonValue copy(simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::ARRAY: return copy_array(element.get_array().value_unsafe());
    case element_type::OBJECT: return copy_object(element.get_object().value_unsafe());
    case element_type::INT64: return JsonValue(element.get_int64().value_unsafe());
    case element_type::UINT64: return JsonValue(element.get_uint64().value_unsafe());
    case element_type::DOUBLE: return JsonValue(element.get_double().value_unsafe());
    case element_type::STRING: return JsonValue(std::string(element.get_string().value_unsafe()));
    case element_type::BOOL: return JsonValue(element.get_bool().value_unsafe());
    default: return JsonValue();
  }
}

template <class Wanted>
const Wanted& value_or_empty(const auto& value) {
  static const Wanted empty{};
  const Wanted* found = std::get_if<Wanted>(&value);
  return found == nullptr ? empty : *found;
}

template <class Number>
Number as_number(const auto& value) {
  return std::visit(
      [](const auto& held) -> Number {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>) {
          return static_cast<Number>(held);
        } else {
          return Number{};
        }
      },
      value);
}

}  // namespace

Result<JsonValue> JsonValue::parse(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const auto failure = parser.parse(text.data(), text.size()).get(root);
  if (failure != simdjson::SUCCESS) {
    return Error{Fault::invalid,
                 std::string("this is no JSON: ") + simdjson::error_message(failure)};
  }
  return copy(root);
}

bool JsonValue::is_count() const {
  const auto* whole = std::get_if<std::int64_t>(&value_);
  return whole != nullptr ? *whole >= 0 : std::holds_alternative<std::uint64_t>(value_);
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const Object& members = object();
  const auto found = std::ranges::find(members, name, &Member::first);
  return found == members.end() ? nullptr : &found->second;
}

const JsonValue& JsonValue::at(std::size_t index) const {
  static const JsonValue null;
  return index < array().size() ? array()[index] : null;
}

const JsonValue& JsonValue::operator[](std::string_view name) const {
  static const JsonValue null;
  const JsonValue* found = find(name);
  return found == nullptr ? null : *found;
}

const std::string& JsonValue::text() const { return value_or_empty<std::string>(value_); }
const JsonValue::Array& JsonValue::array() const { return value_or_empty<Array>(value_); }
const JsonValue::Object& JsonValue::object() const { return value_or_empty<Object>(value_); }
bool JsonValue::boolean() const { return value_or_empty<bool>(value_); }
double JsonValue::number() const { return as_number<double>(value_); }
std::uint64_t JsonValue::unsigned_integer() const { return as_number<std::uint64_t>(value_); }
std::int64_t JsonValue::integer() const { return as_number<std::int64_t>(value_); }

Result<std::vector<std::pair<std::string, std::string>>> member_texts(std::string_view object) {
  using simdjson::ondemand::json_type;
  const simdjson::padded_string text(object);
  simdjson::ondemand::parser parser;
  std::vector<std::pair<std::string, std::string>> members;
  auto read = [&]() -> simdjson::error_code {
    simdjson::ondemand::document document;
    if (const auto error = parser.iterate(text).get(document)) return error;
    simdjson::ondemand::object all;
    if (const auto error = document.get_object().get(all)) return error;
    for (auto field : all) {
      std::string_view name;
      std::string_view value;
      json_type type = json_type::null;
      if (const auto error = field.unescaped_key().get(name)) return error;
      std::string key(name);
      if (const auto error = field.value().type().get(type)) return error;
      if (type == json_type::string) {
        if (const auto error = field.value().get_string().get(value)) return error;
      } else {
        if (const auto error = simdjson::to_json_string(field.value()).get(value)) return error;
        value = value.substr(0, value.find_last_not_of(" \n") + 1);
      }
      members.emplace_back(std::move(key), std::string(value));
    }
    return simdjson::SUCCESS;
  };
  if (const auto error = read()) {
    return Error{Fault::invalid, std::string("no JSON object: ") + simdjson::error_message(error)};
  }
  return members;
}

}  // namespace weir::formats
