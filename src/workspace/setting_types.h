// Settings of a workspace that core knows nothing of: types of columns, paths into events, what a
// source reads, rows of tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/event_rules.h"
#include "core/schema.h"
#include "settings/spec.h"
#include "workspace/declarations.h"

namespace weir {

// "user.id", or [user, id] where a field's name has a dot in it.
struct FieldPath {
  std::vector<std::string> names;
};

template <>
struct SettingType<FieldPath> {
  static std::string words() { return "a field's name, a path with dots, or a list of names"; }
  static std::string schema() { return SettingType<OneOrMore<std::string>>::schema(); }
  static bool read(const SettingValue& value, FieldPath& into, SettingMistakes& mistakes);
};

template <>
struct SettingType<Type> {
  static std::string words() { return "a type such as bigint, varchar or timestamp"; }
  static std::string schema() { return R"({"type": "string"})"; }
  static bool read(const SettingValue& value, Type& into, SettingMistakes& mistakes);
};

// A map of a test as JSON text: scalars by YAML 1.2's core rules, so that times stay texts.
struct JsonRow {
  std::string json;
};

template <>
struct SettingType<JsonRow> {
  static std::string words() { return "a map of columns"; }
  static std::string schema() { return R"({"type": "object"})"; }
  static bool read(const SettingValue& value, JsonRow& into, SettingMistakes& mistakes);
};

inline std::vector<std::pair<std::string_view, TimeFormat>> setting_names(TimeFormat) {
  return {{"iso", TimeFormat::iso},
          {"epoch_s", TimeFormat::epoch_s},
          {"epoch_ms", TimeFormat::epoch_ms},
          {"epoch_us", TimeFormat::epoch_us}};
}
inline std::vector<std::pair<std::string_view, UnknownFields>> setting_names(UnknownFields) {
  return {{"ignore", UnknownFields::ignore},
          {"keep", UnknownFields::keep},
          {"quarantine", UnknownFields::quarantine}};
}

namespace workspace {
inline std::vector<std::pair<std::string_view, Emit>> setting_names(Emit) {
  return {{"close", Emit::close}, {"changes", Emit::changes}};
}
}  // namespace workspace

}  // namespace weir
