#include "scalars/time_zone.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "scalars/civil_time.h"

namespace weir {
namespace {

constexpr const char* zone_folder = "/usr/share/zoneinfo/";

Error no_zone(std::string_view name) {
  return {Fault::invalid, "\"" + std::string(name) +
                              "\" is no time zone: write UTC, an offset such as +05:30, or a name "
                              "such as Europe/Berlin"};
}

// The big-endian numbers of a TZif file; zeros behind its end, which `good` then tells.
class ZoneFile {
 public:
  explicit ZoneFile(std::string_view bytes) : bytes_(bytes) {}

  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    if (width == 4) return static_cast<std::int32_t>(value);
    return static_cast<std::int64_t>(value);
  }
  std::string_view take(std::size_t length) {
    good_ = good_ && length <= bytes_.size();
    if (!good_) return {};
    const std::string_view taken = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return taken;
  }
  std::string_view rest() const { return bytes_; }
  bool good() const { return good_; }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

// RFC 8536, 3.1.
struct ZoneHead {
  std::size_t utc_marks, standard_marks, leaps, changes, types, name_bytes;

  static ZoneHead read(ZoneFile& file) {
    file.take(20);
    ZoneHead head{};
    for (std::size_t* count : {&head.utc_marks, &head.standard_marks, &head.leaps, &head.changes,
                               &head.types, &head.name_bytes}) {
      *count = static_cast<std::uint32_t>(file.number(4));
    }
    return head;
  }
  std::size_t bytes(std::size_t time_bytes) const {
    return changes * (time_bytes + 1) + types * 6 + name_bytes + leaps * (time_bytes + 4) +
           standard_marks + utc_marks;
  }
};

// "+05:30", "-3", "+0530" in seconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':' && digits.size() == 2 && digits.size() + 2 == text.size() - 2) continue;
    if (c < '0' || c > '9' || digits.size() == 4) return std::nullopt;
    digits += c;
  }
  if (digits.size() == 3) return std::nullopt;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.size() < 3) number *= 100;
  if (number / 100 > 18 || number % 100 > 59) return std::nullopt;
  const std::int64_t seconds = (number / 100) * 3600 + (number % 100) * 60;
  return text[0] == '-' ? -seconds : seconds;
}

bool is_zone_name(std::string_view name) {
  constexpr std::string_view marks = "_+-/";
  return !name.empty() && name.front() != '/' && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  constexpr std::string_view utc_names[] = {"UTC", "Z", "GMT", "Etc/UTC"};
  if (std::ranges::find(utc_names, name) != std::end(utc_names)) return TimeZone();
  if (const auto offset = parse_offset(name)) {
    TimeZone zone;
    zone.first_offset_ = *offset;
    zone.rule_.standard = *offset;
    return zone;
  }
  if (!is_zone_name(name)) return no_zone(name);
  const std::filesystem::path path = zone_folder + std::string(name);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return no_zone(name);
  std::ifstream stream(path, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(stream), {}};
  return read(name, file);
}

Result<TimeZone> TimeZone::read(std::string_view name, std::string_view bytes) {
  // Version 1, which comes first in the file, has only 32 bits for a time.
  ZoneFile file(bytes);
  if (!bytes.starts_with("TZif") || bytes.size() < 44 || bytes[4] < '2') return no_zone(name);
  const ZoneHead old = ZoneHead::read(file);
  file.take(old.bytes(4));
  const ZoneHead head = ZoneHead::read(file);
  if (!file.good() || head.types == 0 || head.bytes(8) > file.rest().size()) return no_zone(name);

  TimeZone zone;
  for (std::size_t i = 0; i < head.changes; ++i) zone.changes_.push_back({file.number(8), 0});
  const std::string_view types = file.take(head.changes);
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < head.types; ++i) {
    offsets.push_back(file.number(4));
    file.take(2);
  }
  file.take(head.bytes(8) - head.changes * 9 - head.types * 6);
  for (std::size_t i = 0; i < head.changes; ++i) {
    const auto type = static_cast<unsigned char>(types[i]);
    if (type >= offsets.size()) return no_zone(name);
    zone.changes_[i].offset = offsets[type];
  }
  zone.first_offset_ = offsets[0];
  zone.rule_.standard = zone.changes_.empty() ? offsets[0] : zone.changes_.back().offset;
  std::string_view footer = file.rest();
  if (footer.size() > 2) {
    const auto rule = parse_zone_rule(footer.substr(1, footer.size() - 2));
    if (!rule) return no_zone(name);
    zone.rule_ = *rule;
  }
  return zone;
}

std::int64_t TimeZone::offset_at(std::int64_t utc) const {
  if (changes_.empty() || utc >= changes_.back().utc) return offset_by(rule_, utc);
  const auto after = std::ranges::upper_bound(changes_, utc, {}, &Change::utc);
  return after == changes_.begin() ? first_offset_ : std::prev(after)->offset;
}

std::int64_t TimeZone::to_utc(std::int64_t local) const {
  if (changes_.empty() && !rule_.has_summer) return local - rule_.standard;
  // Offsets are less than a day, so the one in force is one of these two.
  const std::int64_t before = offset_at(local - seconds_per_day);
  const std::int64_t after = offset_at(local + seconds_per_day);
  if (offset_at(local - before) == before) return local - before;
  if (offset_at(local - after) == after) return local - after;
  return local - before;
}

}  // namespace weir
