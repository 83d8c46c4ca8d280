#include "workspace/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/json_text.h"
#include "workspace/loader.h"

namespace weir::workspace {

bool Report::has_key(const std::string& key) const {
  return std::ranges::find(document_.entries, key, &SettingEntry::key) != document_.entries.end();
}

void Report::note_key(const std::string& key, std::string message) {
  const auto found = std::ranges::find(document_.entries, key, &SettingEntry::key);
  const bool is_there = found != document_.entries.end();
  note(is_there ? found->value.place : document_.place, key + ": " + std::move(message));
}

void Report::note_all(const SettingMistakes& mistakes) {
  for (const SettingMistake& mistake : mistakes.all()) note(mistake.place, mistake.message);
}

KeyPlaces Report::key_places() const {
  KeyPlaces places;
  for (const SettingEntry& entry : document_.entries) {
    places.emplace(entry.key, at(entry.value.place));
  }
  return places;
}

void sort_by_place(std::vector<Mistake>& mistakes) {
  std::ranges::sort(mistakes, {}, [](const Mistake& mistake) {
    const Place& place = mistake.place;
    return std::tuple(place.file, place.line, place.column, mistake.message);
  });
}

std::string to_string(const Mistake& mistake) {
  const Place& place = mistake.place;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
         mistake.message;
}

std::string lines_of(const std::vector<Mistake>& mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes) lines += (lines.empty() ? "" : "\n") + to_string(mistake);
  return lines;
}

std::string mistakes_json(const std::vector<Mistake>& mistakes) {
  std::string list;
  for (const Mistake& mistake : mistakes) {
    list += fmt::format(R"({}{{"file":{},"line":{},"column":{},"message":{}}})",
                        list.empty() ? "" : ",", json_string(mistake.place.file),
                        mistake.place.line, mistake.place.column, json_string(mistake.message));
  }
  return "[" + list + "]";
}

}  // namespace weir::workspace
