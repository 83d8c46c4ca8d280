// Settings made of other settings: lists, maps with names that the user chooses, values that may be
// left out or must be found again in the file.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "settings/setting_type.h"

namespace weir {

// A value with the place where it stands.
template <class T>
struct Placed {
  T value{};
  SettingPlace place;
};

// A map whose keys the user chooses, in its order.
template <class T>
struct NamedSetting {
  std::string name;
  SettingPlace place;
  T value{};
};
template <class T>
using NamedSettings = std::vector<NamedSetting<T>>;

// One value, or a list of them.
template <class T>
struct OneOrMore {
  std::vector<T> values;
};

template <class T>
struct SettingType<std::optional<T>> {
  static std::string words() { return SettingType<T>::words(); }
  static std::string schema() { return SettingType<T>::schema(); }
  static bool read(const SettingValue& value, std::optional<T>& into, SettingMistakes& mistakes) {
    const bool good = SettingType<T>::read(value, into.emplace(), mistakes);
    // Of a list or map, what fits is kept.
    if (!good && value.kind == SettingValue::Kind::text) into.reset();
    return good;
  }
};

template <class T>
struct SettingType<Placed<T>> {
  static std::string words() { return SettingType<T>::words(); }
  static std::string schema() { return SettingType<T>::schema(); }
  static bool read(const SettingValue& value, Placed<T>& into, SettingMistakes& mistakes) {
    into.place = value.place;
    return SettingType<T>::read(value, into.value, mistakes);
  }
  static std::string print(const Placed<T>& value)
    requires PrintsSetting<T>
  {
    return SettingType<T>::print(value.value);
  }
};

template <class T>
struct SettingType<std::vector<T>> {
  static std::string words() { return "a list, each " + SettingType<T>::words(); }
  static std::string schema() {
    return R"({"type": "array", "items": )" + SettingType<T>::schema() + "}";
  }
  static bool read(const SettingValue& value, std::vector<T>& into, SettingMistakes& mistakes) {
    if (!need_kind(value, SettingValue::Kind::list, words(), mistakes)) return false;
    bool good = true;
    for (const SettingValue& item : value.items) {
      T read{};
      good = SettingType<T>::read(item, read, mistakes) && good;
      into.push_back(std::move(read));
    }
    return good;
  }
};

template <class T>
struct SettingType<OneOrMore<T>> {
  static std::string words() { return SettingType<T>::words() + ", or a list of them"; }
  static std::string schema() {
    return R"({"anyOf": [)" + SettingType<T>::schema() + ", " +
           SettingType<std::vector<T>>::schema() + "]}";
  }
  static bool read(const SettingValue& value, OneOrMore<T>& into, SettingMistakes& mistakes) {
    if (value.kind == SettingValue::Kind::list) {
      return SettingType<std::vector<T>>::read(value, into.values, mistakes);
    }
    return SettingType<T>::read(value, into.values.emplace_back(), mistakes);
  }
};

template <class T>
struct SettingType<NamedSettings<T>> {
  static std::string words() { return "a map of names, each " + SettingType<T>::words(); }
  static std::string schema() {
    return R"({"type": "object", "additionalProperties": )" + SettingType<T>::schema() + "}";
  }
  static bool read(const SettingValue& value, NamedSettings<T>& into, SettingMistakes& mistakes) {
    if (!need_kind(value, SettingValue::Kind::map, words(), mistakes)) return false;
    const std::size_t before = mistakes.count();
    for (const SettingEntry* entry : distinct_entries(value, mistakes)) {
      const SettingMistakes::Inside inside(mistakes, entry->key);
      NamedSetting<T> named{entry->key, entry->place, {}};
      SettingType<T>::read(entry->value, named.value, mistakes);
      into.push_back(std::move(named));
    }
    return mistakes.count() == before;
  }
};

}  // namespace weir
