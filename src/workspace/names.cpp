#include "workspace/names.h"

#include <algorithm>

namespace weir::workspace {
namespace {

constexpr std::size_t name_bytes_max = 63;
constexpr std::size_t shown_bytes_max = 20;  // of one that is longer

std::string word(Names::Kind kind) {
  switch (kind) {
    case Names::Kind::source: return "source";
    case Names::Kind::stream: return "stream";
    case Names::Kind::table:
    case Names::Kind::target: return "table";
    case Names::Kind::api: return "api";
  }
  return "";
}

std::string word_with_article(Names::Kind kind) {
  return (kind == Names::Kind::api ? "an " : "a ") + word(kind);
}

std::string to_text(const Place& place) {
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= name_bytes_max && is_letter(text.front()) &&
         std::ranges::all_of(text, fits);
}

std::string no_name_text(std::string_view text, std::string_view what) {
  std::string shown(text);
  std::string length;
  if (text.size() > name_bytes_max) {
    // A cut within a letter of several bytes would be no text.
    std::size_t end = shown_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    shown = shown.substr(0, end) + "...";
    length = " of " + std::to_string(text.size()) + " bytes";
  }
  return "\"" + shown + "\"" + length + " is no name of a" + (what == "api" ? "n " : " ") +
         std::string(what) + ": write small letters, digits and _, a letter first, " +
         std::to_string(name_bytes_max) + " at most";
}

bool Names::has(Kind kind, const std::string& name) const {
  const auto found = named_.find(kind);
  return found != named_.end() && found->second.contains(name);
}

std::vector<std::string> Names::all(Kind kind) const {
  std::vector<std::string> names;
  const auto found = named_.find(kind);
  if (found == named_.end()) return names;
  for (const auto& [name, place] : found->second) names.push_back(name);
  return names;
}

std::vector<std::string> Names::all_tables() const {
  std::vector<std::string> names = all(Kind::table);
  for (std::string& name : all(Kind::target)) names.push_back(std::move(name));
  return names;
}

bool Names::check(const Placed<std::string>& name, const std::string& what, Report& report) {
  if (!is_name(name.value)) {
    report.note(name.place, no_name_text(name.value, what));
    return false;
  }
  if (!facts_.is_reserved(name.value)) return true;
  report.note(name.place,
              "\"" + name.value + "\" is a reserved word of SQL: name the " + what + " otherwise");
  return false;
}

void Names::note_twice(const Placed<std::string>& name, const Place& first, Report& report) {
  report.note(name.place, "\"" + name.value + "\" is named already in " + to_text(first));
}

void Names::add(Kind kind, const Placed<std::string>& name, Report& report) {
  if (!check(name, word(kind), report)) return;
  for (const auto& [other, names] : named_) {
    const auto found = names.find(name.value);
    // Whether a stream and a table of one name belong together is known once the targets are.
    const bool may_share = (kind == Kind::stream && other == Kind::table) ||
                           (kind == Kind::table && other == Kind::stream);
    if (found == names.end() || may_share) continue;
    note_twice(name, found->second, report);
    return;
  }
  named_[kind].emplace(name.value, report.at(name.place));
}

void Names::add_target(const Placed<std::string>& target, const std::string& stream,
                       Report& report) {
  if (!check(target, "table", report)) return;
  for (const Kind other : {Kind::source, Kind::stream, Kind::api}) {
    if (!has(other, target.value) || target.value == stream) continue;
    report.note(target.place, "into: \"" + target.value + "\" is " + word_with_article(other) +
                                  ", named in " + to_text(named_[other][target.value]) +
                                  ": write to a table");
    return;
  }
  named_[Kind::target].emplace(target.value, report.at(target.place));
}

void Names::add_test(const Placed<std::string>& name, Report& report) {
  if (!check(name, "test", report)) return;
  const auto [found, added] = tests_.emplace(name.value, report.at(name.place));
  if (!added) note_twice(name, found->second, report);
}

}  // namespace weir::workspace
