// Settings as they stand in a user's file, before anything is known of their meaning: a tree that
// shows no library, each part with its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

// Both count from 1.
struct SettingPlace {
  int line = 1;
  int column = 1;

  friend auto operator<=>(const SettingPlace&, const SettingPlace&) = default;
};

struct SettingEntry;

struct SettingValue {
  enum class Kind : std::uint8_t { null, text, list, map };

  Kind kind = Kind::null;
  SettingPlace place;
  std::string text;      // of a scalar, as written
  bool is_plain = true;  // a scalar without quotes
  std::vector<SettingValue> items;
  std::vector<SettingEntry> entries;  // in their order; a key that stands twice is here twice
};

struct SettingEntry {
  std::string key;
  SettingPlace place;
  SettingValue value;
};

struct SettingMistake {
  SettingPlace place;
  std::string message;  // begins with the path of keys: "schema.delay.min: ..."
};

// Collects the mistakes of one document, so that all of them are told at once.
class SettingMistakes {
 public:
  void add(SettingPlace place, const std::string& message);
  std::size_t count() const { return mistakes_.size(); }
  const std::vector<SettingMistake>& all() const { return mistakes_; }

  // While it lives, mistakes are said to be inside `key`.
  class Inside {
   public:
    Inside(SettingMistakes& mistakes, const std::string& key);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    SettingMistakes& mistakes_;
    std::size_t before_;
  };

 private:
  std::string path_;
  std::vector<SettingMistake> mistakes_;
};

}  // namespace weir
