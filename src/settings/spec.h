// Declares the settings of one thing once. What users may write, what is refused and with which
// words, the JSON Schema and the reference page all come from it; defaults are the member
// initialisers of the struct that it fills.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "settings/setting_containers.h"

namespace weir {

// One setting, described.
struct SettingField {
  std::string name;
  std::string sentence;
  std::string words;    // what to write
  std::string schema;   // JSON Schema of its value
  std::string preset;   // the default, as written; empty: none to show
  std::string bounds;   // "between 1 and 64"; empty: none
  std::string example;  // empty: none
  bool required = false;
  bool secret = false;
};

// A spec without its struct: what the schema and the page are made of.
struct SettingForm {
  std::string name;
  std::string sentence;
  std::vector<SettingField> fields;

  // The entries of `map` that are fields, with the field's index. Unknown keys, keys that stand
  // twice, and required ones that are missing are mistakes.
  std::vector<std::pair<std::size_t, const SettingEntry*>> match(const SettingValue& map,
                                                                 SettingMistakes& mistakes) const;
  std::string schema() const;
  // A heading, the sentence and a table, in Markdown.
  std::string page() const;
};

// What may follow a field's sentence.
struct Required {};
inline constexpr Required required;
struct Example {
  std::string text;
};
inline Example example(std::string text) { return {std::move(text)}; }
template <class T>
struct Between {
  T least, most;
};
template <class T>
constexpr Between<T> between(T least, T most) {
  return {least, most};
}

template <class T>
const T* bounded_part(const T& value) {
  return &value;
}
template <class T>
const T* bounded_part(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

template <class C>
class Spec {
 public:
  Spec(std::string name, std::string sentence) : form_{std::move(name), std::move(sentence), {}} {}

  // `options` are any of required, between(least, most), example(text).
  template <class T, class... Options>
  Spec& field(std::string name, T C::* member, std::string sentence, const Options&... options) {
    SettingField described{.name = std::move(name), .sentence = std::move(sentence)};
    described.words = SettingType<T>::words();
    described.schema = SettingType<T>::schema();
    described.secret = std::is_same_v<T, SecretName>;
    if constexpr (PrintsSetting<T>) described.preset = SettingType<T>::print(C().*member);
    readers_.push_back([member](const SettingValue& value, C& into, SettingMistakes& mistakes) {
      return SettingType<T>::read(value, into.*member, mistakes);
    });
    (apply(described, member, options), ...);
    form_.fields.push_back(std::move(described));
    return *this;
  }

  const SettingForm& form() const { return form_; }

  // Fills `into` with what fits; false: there were mistakes.
  bool decode(const SettingValue& value, C& into, SettingMistakes& mistakes) const {
    if (!need_kind(value, SettingValue::Kind::map, "a map of settings", mistakes)) return false;
    const std::size_t before = mistakes.count();
    for (const auto& [index, entry] : form_.match(value, mistakes)) {
      const SettingMistakes::Inside inside(mistakes, entry->key);
      readers_[index](entry->value, into, mistakes);
    }
    return mistakes.count() == before;
  }

 private:
  using Reader = std::function<bool(const SettingValue&, C&, SettingMistakes&)>;

  template <class T>
  void apply(SettingField& described, T C::*, Required) {
    described.required = true;
    described.preset.clear();
  }
  template <class T>
  void apply(SettingField& described, T C::*, const Example& example) {
    described.example = example.text;
  }
  template <class T, class Bound>
  void apply(SettingField& described, T C::* member, Between<Bound> bounds) {
    described.bounds = "between " + SettingType<Bound>::print(bounds.least) + " and " +
                       SettingType<Bound>::print(bounds.most);
    readers_.back() = [read = readers_.back(), member, bounds, text = described.bounds](
                          const SettingValue& value, C& into, SettingMistakes& mistakes) {
      if (!read(value, into, mistakes)) return false;
      const auto* part = bounded_part(into.*member);
      if (part == nullptr || (*part >= bounds.least && *part <= bounds.most)) return true;
      mistakes.add(value.place, "must be " + text + ", not " + value.text);
      return false;
    };
  }

  SettingForm form_;
  std::vector<Reader> readers_;  // of form_.fields
};

// A struct with `static const Spec<T>& spec()` is a setting itself, a map inside another. One with
// `bool read_short(value, mistakes)` may also be written as a single value.
template <class T>
concept HasSpec = requires {
  { T::spec().form() } -> std::convertible_to<const SettingForm&>;
};
template <class T>
concept HasShortForm = requires(T& into, const SettingValue& value, SettingMistakes& mistakes) {
  { into.read_short(value, mistakes) } -> std::same_as<bool>;
  { T::short_schema() } -> std::convertible_to<std::string>;
};

template <HasSpec T>
struct SettingType<T> {
  static std::string words() { return T::spec().form().name; }
  static std::string schema() {
    std::string schema = T::spec().form().schema();
    if constexpr (HasShortForm<T>) {
      return R"({"anyOf": [)" + T::short_schema() + ", " + schema + "]}";
    } else {
      return schema;
    }
  }
  static bool read(const SettingValue& value, T& into, SettingMistakes& mistakes) {
    if constexpr (HasShortForm<T>) {
      if (value.kind == SettingValue::Kind::text) return into.read_short(value, mistakes);
    }
    if (!need_kind(value, SettingValue::Kind::map, words(), mistakes)) return false;
    return T::spec().decode(value, into, mistakes);
  }
};

}  // namespace weir
