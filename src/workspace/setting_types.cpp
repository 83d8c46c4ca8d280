#include "workspace/setting_types.h"

#include <algorithm>

#include "core/json_text.h"

namespace weir {
namespace {

// 0x1f and 0o17. Empty: it is none.
std::string json_of_base(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return "";
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), number, base);
  const bool all = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return all ? std::to_string(number) : "";
}

std::string json_scalar(const SettingValue& scalar) {
  const std::string& text = scalar.text;
  if (!scalar.is_plain) return json_string(text);
  for (const std::string_view word : {"true", "True", "TRUE"}) {
    if (text == word) return "true";
  }
  for (const std::string_view word : {"false", "False", "FALSE"}) {
    if (text == word) return "false";
  }
  std::string number = json_of_base(text);
  if (number.empty()) number = json_number(text);
  return number.empty() ? json_string(text) : number;
}

void append_json(const SettingValue& value, std::string& json, SettingMistakes& mistakes) {
  switch (value.kind) {
    case SettingValue::Kind::null: json += "null"; return;
    case SettingValue::Kind::text: json += json_scalar(value); return;
    case SettingValue::Kind::list: {
      json += '[';
      for (const SettingValue& item : value.items) {
        if (json.back() != '[') json += ',';
        append_json(item, json, mistakes);
      }
      json += ']';
      return;
    }
    case SettingValue::Kind::map: {
      json += '{';
      for (const SettingEntry* entry : distinct_entries(value, mistakes)) {
        if (json.back() != '{') json += ',';
        append_json_string(json, entry->key);
        json += ':';
        append_json(entry->value, json, mistakes);
      }
      json += '}';
    }
  }
}

}  // namespace

bool SettingType<FieldPath>::read(const SettingValue& value, FieldPath& into,
                                  SettingMistakes& mistakes) {
  if (value.kind == SettingValue::Kind::list) {
    if (!SettingType<std::vector<std::string>>::read(value, into.names, mistakes)) return false;
  } else {
    std::string path;
    if (!SettingType<std::string>::read(value, path, mistakes)) return false;
    for (std::size_t from = 0; from <= path.size();) {
      const std::size_t dot = std::min(path.find('.', from), path.size());
      into.names.push_back(path.substr(from, dot - from));
      from = dot + 1;
    }
  }
  const bool has_empty = std::ranges::find(into.names, "") != into.names.end();
  if (!into.names.empty() && !has_empty) return true;
  mistakes.add(value.place, "a field's name is empty: write a name, a path with dots, or a list");
  return false;
}

bool SettingType<Type>::read(const SettingValue& value, Type& into, SettingMistakes& mistakes) {
  auto read = read_parsed(value, words(), parse_type, mistakes);
  if (read) into = std::move(*read);
  return read.has_value();
}

bool SettingType<JsonRow>::read(const SettingValue& value, JsonRow& into,
                                SettingMistakes& mistakes) {
  if (!need_kind(value, SettingValue::Kind::map, words(), mistakes)) return false;
  const std::size_t before = mistakes.count();
  append_json(value, into.json, mistakes);
  return mistakes.count() == before;
}

}  // namespace weir
