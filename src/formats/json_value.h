// A small JSON document as a tree that can be walked: plans, requests, settings. Events are decoded
// without one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace weir::formats {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Member = std::pair<std::string, JsonValue>;
  using Object = std::vector<Member>;  // in the order of the text

  // The whole text is one value; else Fault::invalid.
  static Result<JsonValue> parse(std::string_view text);

  JsonValue() = default;
  explicit JsonValue(auto value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  bool is_text() const { return std::holds_alternative<std::string>(value_); }
  // A whole number, 0 or more.
  bool is_count() const;
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }

  // The member, or a null value where there is none or this is no object.
  const JsonValue& operator[](std::string_view name) const;
  // The element, or a null value where there is none or this is no array.
  const JsonValue& at(std::size_t index) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Empty where this is of another kind.
  const std::string& text() const;
  const Array& array() const;
  const Object& object() const;
  // False, or 0, where this is of another kind. A number is cut to what is asked for.
  bool boolean() const;
  double number() const;
  std::uint64_t unsigned_integer() const;
  std::int64_t integer() const;

 private:
  const JsonValue* find(std::string_view name) const;

  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
};

// The members of a JSON object in their order: a string as it reads, all else as it is written.
Result<std::vector<std::pair<std::string, std::string>>> member_texts(std::string_view object);

}  // namespace weir::formats
