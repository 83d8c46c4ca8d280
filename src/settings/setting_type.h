// How a value of each type is read from a setting, and how it is described to people and editors.
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_size.h"
#include "core/clock.h"
#include "core/duration.h"
#include "core/json_text.h"
#include "settings/setting_value.h"

namespace weir {

// Specialised for each type that a setting may have:
//   words()   what to write, for messages and the reference page: "a duration such as 5s"
//   schema()  a JSON Schema
//   read()    false: it did not fit, which is in the mistakes
//   print()   as the user would write it; only where a default can be shown
template <class T>
struct SettingType;

template <class T>
concept PrintsSetting = requires(const T& value) {
  { SettingType<T>::print(value) } -> std::convertible_to<std::string>;
};

struct ByteSize {
  std::size_t bytes = 0;
};

// A secret is only ever named: ${secret:name}.
struct SecretName {
  std::string name;
};

// The text of the scalar; null and a mistake where it is none.
const std::string* need_text(const SettingValue& value, const std::string& words,
                             SettingMistakes& mistakes);
bool need_kind(const SettingValue& value, SettingValue::Kind kind, const std::string& words,
               SettingMistakes& mistakes);
// The entries whose key stands there for the first time; the others are mistakes.
std::vector<const SettingEntry*> distinct_entries(const SettingValue& map,
                                                  SettingMistakes& mistakes);
// A decimal number without a leading zero.
std::optional<std::int64_t> whole_number(std::string_view text);
// {"enum": [...]}
std::string enum_schema(const std::vector<std::string>& names);
// "a, b or c"
std::string alternatives(const std::vector<std::string>& names);

// What `parse` makes of the scalar; nothing, and a mistake, where it does not.
template <class T>
std::optional<T> read_parsed(const SettingValue& value, const std::string& words,
                             Result<T> (*parse)(std::string_view), SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words, mistakes);
  if (text == nullptr) return std::nullopt;
  Result<T> parsed = parse(*text);
  if (parsed.ok()) return std::move(parsed).value();
  mistakes.add(value.place, parsed.error().message);
  return std::nullopt;
}

template <>
struct SettingType<std::string> {
  static std::string words() { return "a text"; }
  static std::string schema() { return R"({"type": ["string", "number", "boolean"]})"; }
  static bool read(const SettingValue& value, std::string& into, SettingMistakes& mistakes);
  static std::string print(const std::string& value) { return value; }
};

template <>
struct SettingType<bool> {
  static std::string words() { return "true or false"; }
  static std::string schema() { return R"({"type": "boolean"})"; }
  static bool read(const SettingValue& value, bool& into, SettingMistakes& mistakes);
  static std::string print(bool value) { return value ? "true" : "false"; }
};

template <>
struct SettingType<int> {
  static std::string words() { return "a whole number"; }
  static std::string schema() { return R"({"type": "integer"})"; }
  static bool read(const SettingValue& value, int& into, SettingMistakes& mistakes);
  static std::string print(int value) { return std::to_string(value); }
};

template <>
struct SettingType<double> {
  static std::string words() { return "a number"; }
  static std::string schema() { return R"({"type": "number"})"; }
  static bool read(const SettingValue& value, double& into, SettingMistakes& mistakes);
};

template <class Rep, class Period>
struct SettingType<std::chrono::duration<Rep, Period>> {
  using Duration = std::chrono::duration<Rep, Period>;
  static std::string words() { return "a duration such as 250ms, 5s, 10m, 2h or 7d"; }
  static std::string schema() {
    return R"({"type": "string", "pattern": "^[0-9]+(us|ms|s|m|h|d)$"})";
  }
  static bool read(const SettingValue& value, Duration& into, SettingMistakes& mistakes) {
    const auto read = read_parsed(value, words(), parse_duration, mistakes);
    if (!read) return false;
    into = std::chrono::duration_cast<Duration>(*read);
    if (into == *read) return true;
    mistakes.add(value.place, "\"" + value.text + "\" is finer than " +
                                  to_string(std::chrono::microseconds(Duration(1))));
    return false;
  }
  static std::string print(Duration value) { return to_string(std::chrono::microseconds(value)); }
};

template <>
struct SettingType<ByteSize> {
  static std::string words() { return "a size such as 64KB or 50GB"; }
  static std::string schema() {
    return R"({"type": "string", "pattern": "^[0-9]+(B|KB|MB|GB|TB)$"})";
  }
  static bool read(const SettingValue& value, ByteSize& into, SettingMistakes& mistakes) {
    const auto read = read_parsed(value, words(), parse_byte_size, mistakes);
    into.bytes = read.value_or(0);
    return read.has_value();
  }
  static std::string print(ByteSize value) { return byte_size_text(value.bytes); }
};

template <>
struct SettingType<SecretName> {
  static std::string words() { return "${secret:name}"; }
  static std::string schema() { return R"({"type": "string", "pattern": "^\\$\\{secret:.+\\}$"})"; }
  static bool read(const SettingValue& value, SecretName& into, SettingMistakes& mistakes);
};

// The tree itself, for what is read later.
template <>
struct SettingType<SettingValue> {
  static std::string words() { return "any value"; }
  static std::string schema() { return "true"; }
  static bool read(const SettingValue& value, SettingValue& into, SettingMistakes&) {
    into = value;
    return true;
  }
};

// An enum has `setting_names(E)`, found by its namespace: {{"close", Emit::close}, ...}.
template <class E>
  requires std::is_enum_v<E>
struct SettingType<E> {
  static std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const auto& [name, value] : setting_names(E{})) names.emplace_back(name);
    return names;
  }
  static std::string words() { return alternatives(names()); }
  static std::string schema() { return enum_schema(names()); }
  static bool read(const SettingValue& value, E& into, SettingMistakes& mistakes) {
    const std::string* text = need_text(value, words(), mistakes);
    if (text == nullptr) return false;
    for (const auto& [name, named] : setting_names(E{})) {
      if (name == *text) {
        into = named;
        return true;
      }
    }
    mistakes.add(value.place, "\"" + *text + "\" is none of " + words());
    return false;
  }
  static std::string print(E value) {
    for (const auto& [name, named] : setting_names(E{})) {
      if (named == value) return std::string(name);
    }
    return "";
  }
};

}  // namespace weir
