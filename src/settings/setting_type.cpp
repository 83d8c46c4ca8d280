#include "settings/setting_type.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir {
namespace {

std::string kind_text(SettingValue::Kind kind) {
  switch (kind) {
    case SettingValue::Kind::null: return "nothing";
    case SettingValue::Kind::text: return "a single value";
    case SettingValue::Kind::list: return "a list";
    case SettingValue::Kind::map: return "a map";
  }
  return "";
}

}  // namespace

bool need_kind(const SettingValue& value, SettingValue::Kind kind, const std::string& words,
               SettingMistakes& mistakes) {
  if (value.kind == kind) return true;
  const bool is_null = value.kind == SettingValue::Kind::null;
  mistakes.add(value.place, is_null ? "has no value: write " + words
                                    : "must be " + words + ", not " + kind_text(value.kind));
  return false;
}

const std::string* need_text(const SettingValue& value, const std::string& words,
                             SettingMistakes& mistakes) {
  return need_kind(value, SettingValue::Kind::text, words, mistakes) ? &value.text : nullptr;
}

std::vector<const SettingEntry*> distinct_entries(const SettingValue& map,
                                                  SettingMistakes& mistakes) {
  std::vector<const SettingEntry*> distinct;
  for (const SettingEntry& entry : map.entries) {
    const auto first = std::ranges::find(distinct, entry.key,
                                         [](const SettingEntry* known) { return known->key; });
    if (first == distinct.end()) {
      distinct.push_back(&entry);
    } else {
      mistakes.add(entry.place, "\"" + entry.key + "\" stands here twice, first in line " +
                                    std::to_string((*first)->place.line));
    }
  }
  return distinct;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return std::to_string(number) == text ? std::optional(number) : std::nullopt;
}

std::string enum_schema(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + json_string(name);
  return R"({"enum": [)" + list + "]}";
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

bool SettingType<std::string>::read(const SettingValue& value, std::string& into,
                                    SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  if (text->starts_with("${secret:")) {
    mistakes.add(value.place, "this is no secret: write the value itself");
    return false;
  }
  into = *text;
  return true;
}

bool SettingType<bool>::read(const SettingValue& value, bool& into, SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  into = *text == "true";
  if (into || *text == "false") return true;
  mistakes.add(value.place, "\"" + *text + "\" is neither true nor false");
  return false;
}

bool SettingType<int>::read(const SettingValue& value, int& into, SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  const auto number = whole_number(*text);
  const auto most = std::numeric_limits<int>::max();
  if (number && *number <= most && *number >= -most) {
    into = static_cast<int>(*number);
    return true;
  }
  mistakes.add(value.place, "\"" + *text + "\" is no whole number that fits here");
  return false;
}

bool SettingType<double>::read(const SettingValue& value, double& into, SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, into);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(into)) return true;
  mistakes.add(value.place, "\"" + *text + "\" is no number");
  return false;
}

bool SettingType<SecretName>::read(const SettingValue& value, SecretName& into,
                                   SettingMistakes& mistakes) {
  const std::string* text = need_text(value, words(), mistakes);
  if (text == nullptr) return false;
  constexpr std::string_view opening = "${secret:";
  if (text->starts_with(opening) && text->ends_with('}') && text->size() > opening.size() + 1) {
    into.name = text->substr(opening.size(), text->size() - opening.size() - 1);
    return true;
  }
  mistakes.add(value.place, "a secret never stands in a file: write ${secret:name}");
  return false;
}

}  // namespace weir
