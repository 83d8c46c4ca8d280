#include "settings/spec.h"

#include <algorithm>

#include "core/suggestion.h"

namespace weir {
namespace {

// Text inside a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

// A schema with what the editor shows beside it.
std::string described(const SettingField& field) {
  std::string sentence = field.sentence;
  if (!field.bounds.empty()) sentence += " Must be " + field.bounds + ".";
  std::string extra = R"("description": )" + json_string(sentence);
  if (!field.example.empty()) extra += R"(, "examples": [)" + json_string(field.example) + "]";
  if (field.schema == "true") return "{" + extra + "}";
  return field.schema.substr(0, field.schema.size() - 1) + ", " + extra + "}";
}

}  // namespace

std::vector<std::pair<std::size_t, const SettingEntry*>> SettingForm::match(
    const SettingValue& map, SettingMistakes& mistakes) const {
  std::vector<std::pair<std::size_t, const SettingEntry*>> matched;
  std::vector<std::string> names;
  for (const SettingField& field : fields) names.push_back(field.name);
  for (const SettingEntry* entry : distinct_entries(map, mistakes)) {
    const auto found = std::ranges::find(names, entry->key);
    if (found == names.end()) {
      mistakes.add(entry->place,
                   "unknown key \"" + entry->key + "\"" + did_you_mean(entry->key, names));
    } else {
      matched.emplace_back(static_cast<std::size_t>(found - names.begin()), entry);
    }
  }
  for (const SettingField& field : fields) {
    const bool is_there =
        std::ranges::find(map.entries, field.name, &SettingEntry::key) != map.entries.end();
    if (field.required && !is_there) {
      mistakes.add(map.place, "\"" + field.name + "\" is missing: write " + field.words);
    }
  }
  return matched;
}

std::string SettingForm::schema() const {
  std::string properties;
  std::string needed;
  for (const SettingField& field : fields) {
    properties +=
        (properties.empty() ? "" : ", ") + json_string(field.name) + ": " + described(field);
    if (field.required) needed += (needed.empty() ? "" : ", ") + json_string(field.name);
  }
  return R"({"type": "object", "description": )" + json_string(sentence) + R"(, "properties": {)" +
         properties + R"(}, "required": [)" + needed + R"(], "additionalProperties": false})";
}

std::string SettingForm::page() const {
  std::string page = "## " + name + "\n\n" + sentence +
                     "\n\n| key | what to write | default | meaning |\n|---|---|---|---|\n";
  for (const SettingField& field : fields) {
    std::string meaning = field.sentence;
    if (!field.bounds.empty()) meaning += " Must be " + field.bounds + ".";
    if (!field.example.empty()) meaning += " Example: `" + field.example + "`.";
    page += "| " + code(field.name) + " | " + cell(field.words) + " | " +
            (field.required ? "required" : code(field.preset)) + " | " + cell(meaning) + " |\n";
  }
  return page;
}

}  // namespace weir
