#include "workspace/source_document.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/suggestion.h"
#include "formats/event_decoder.h"

namespace weir {

std::string SettingType<workspace::SourceInput>::schema() {
  return R"({"anyOf": [{"const": "http"}, {"type": "object", "properties": {"http": )"
         R"({"type": "object", "maxProperties": 0}}, "required": ["http"], )"
         R"("additionalProperties": false}]})";
}

bool SettingType<workspace::SourceInput>::read(const SettingValue& value, workspace::SourceInput&,
                                               SettingMistakes& mistakes) {
  const bool is_map = value.kind == SettingValue::Kind::map && value.entries.size() == 1;
  if (!is_map && !need_kind(value, SettingValue::Kind::text, "http, or one connector", mistakes)) {
    return false;
  }
  const std::string& name = is_map ? value.entries[0].key : value.text;
  if (name != "http") {
    mistakes.add(is_map ? value.entries[0].place : value.place,
                 "there is no connector \"" + name + "\": write http");
    return false;
  }
  if (!is_map || value.entries[0].value.entries.empty()) return true;
  const SettingEntry& setting = value.entries[0].value.entries[0];
  mistakes.add(setting.place, "unknown key \"" + setting.key + "\": http has no settings here");
  return false;
}

namespace workspace {
namespace {

constexpr std::string_view reserved_paths[] = {"/ingest", "/beacon",       "/beacon.js", "/api",
                                               "/weir",   "/openapi.json", "/docs",      "/healthz",
                                               "/readyz", "/metrics"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_path(const std::string& path) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '-' ||
           c == '.';
  };
  return path.size() > 1 && path.starts_with('/') && !path.ends_with('/') &&
         path.find("//") == std::string::npos && path.find("/.") == std::string::npos &&
         std::ranges::all_of(path, fits);
}

void check_path(const Placed<std::string>& path, Report& report) {
  if (!is_path(path.value)) {
    report.note(path.place, "path: \"" + path.value + "\" is no path such as /log or /shop/clicks");
    return;
  }
  for (const std::string_view reserved : reserved_paths) {
    if (path.value == reserved || path.value.starts_with(std::string(reserved) + "/")) {
      report.note(path.place, "path: \"" + std::string(reserved) + "\" is Weir's own");
    }
  }
}

bool is_origin(const std::string& origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string::npos) return false;
  const std::string_view host = std::string_view(origin).substr(scheme + 3);
  const bool is_web = origin.starts_with("https://") || origin.starts_with("http://");
  return is_web && !host.empty() && host.find_first_of("/?#@* ") == std::string_view::npos;
}

void check_origins(const BrowserDocument& browser, Report& report) {
  for (const Placed<std::string>& origin : browser.origins) {
    if (is_origin(origin.value)) continue;
    report.note(origin.place, "browser.origins: \"" + origin.value +
                                  "\" is no origin such as https://shop.example, without a path");
  }
}

bool is_ordered(const Type& type) {
  return (type.id >= TypeId::tinyint && type.id <= TypeId::decimal) ||
         (type.id >= TypeId::date && type.id <= TypeId::timestamp_tz);
}

// DuckDB's names of columns are the same in any case.
void check_column_name(const NamedSetting<ColumnDocument>& column, std::set<std::string>& taken,
                       Report& report) {
  static const std::set<std::string> own{extra_column, accepted_column, "_row", "_now", "rowid"};
  if (column.name.empty()) report.note(column.place, "schema: a column's name is empty");
  if (own.contains(lower(column.name))) {
    report.note(column.place, "schema: \"" + column.name + "\" is a name that Weir gives itself");
  }
  if (!taken.insert(lower(column.name)).second) {
    report.note(column.place,
                "schema: \"" + column.name + "\" differs from another column only in its case");
  }
}

// What the decoder refuses of the column by its type, and of each of its texts.
void check_decoding(const ColumnRule& rule, const ColumnDocument& settings, Report& report) {
  ColumnRule alone = rule;
  alone.min = alone.max = alone.default_value = std::nullopt;
  const auto check = [&](const ColumnRule& one, const SettingPlace& place) {
    const auto decoder = formats::EventDecoder::make({.columns = {one}});
    if (!decoder.ok()) report.note(place, "schema: " + decoder.error().message);
    return decoder.ok();
  };
  if (!check(alone, settings.type->place)) return;
  for (const auto& [setting, text] :
       {std::pair(&settings.min, &ColumnRule::min), std::pair(&settings.max, &ColumnRule::max),
        std::pair(&settings.preset, &ColumnRule::default_value)}) {
    if (!*setting) continue;
    ColumnRule with_text = alone;
    with_text.*text = rule.*text;
    check(with_text, (*setting)->place);
  }
}

Result<ColumnRule> declare_column(const NamedSetting<ColumnDocument>& column, EngineFacts& facts,
                                  Report& report) {
  const ColumnDocument& settings = column.value;
  if (!settings.type) return ColumnRule{.name = column.name};  // which is a mistake already
  const Type& type = settings.type->value;
  const std::size_t noted = report.noted();
  TRY(const ValueBounds bounds,
      read_bounds({settings.min, settings.max, settings.preset}, type, facts, report));
  ColumnRule rule{.name = column.name, .type = type, .path = settings.from.names};
  if (rule.path.empty()) rule.path = {column.name};
  rule.required = settings.required;
  if (bounds.min) rule.min = bounds.min->value;
  if (bounds.max) rule.max = bounds.max->value;
  if (bounds.preset) rule.default_value = bounds.preset->value;
  if (settings.format) rule.format = settings.format->value;
  const bool is_time = rule.type.id == TypeId::timestamp || rule.type.id == TypeId::timestamp_tz;
  if (settings.format && !is_time) {
    report.note(settings.format->place,
                "format: it is for timestamps, and this is " + to_string(rule.type));
  }
  if (report.noted() == noted) check_decoding(rule, settings, report);
  return rule;
}

std::optional<std::size_t> find_event_time(const Placed<std::string>& name, const EventRules& rules,
                                           Report& report) {
  std::vector<std::string> known;
  for (const ColumnRule& column : rules.columns) known.push_back(column.name);
  const auto found = std::ranges::find(known, name.value);
  if (found == known.end()) {
    report.note(name.place, "event_time: there is no column \"" + name.value + "\"" +
                                did_you_mean(name.value, known));
    return std::nullopt;
  }
  const std::size_t column = static_cast<std::size_t>(found - known.begin());
  if (rules.columns[column].type.id == TypeId::timestamp) return column;
  report.note(name.place, "event_time: \"" + name.value + "\" is " +
                              to_string(rules.columns[column].type) + ", and must be timestamp");
  return std::nullopt;
}

}  // namespace

bool ColumnDocument::read_short(const SettingValue& value, SettingMistakes& mistakes) {
  return SettingType<std::optional<Placed<Type>>>::read(value, type, mistakes);
}

std::string ColumnDocument::short_schema() { return SettingType<Type>::schema(); }

const Spec<ColumnDocument>& ColumnDocument::spec() {
  using C = ColumnDocument;
  static const Spec<C> spec =
      Spec<C>("a type, or a map with type, required, min ...",
              "A column; a type alone is its short form.")
          .field("type", &C::type, "A DuckDB type.", weir::required, example("decimal(12,2)"))
          .field("required", &C::required, "A row without it, or with null, goes to quarantine.")
          .field("min", &C::min, "A row below it goes to quarantine.", example("-60"))
          .field("max", &C::max, "A row above it goes to quarantine.", example("2000"))
          .field("default", &C::preset, "What stands for a value that is missing; null stays null.")
          .field("from", &C::from,
                 "The field of the event, where it has another name or stands "
                 "inside another field.",
                 example("user.id"))
          .field("format", &C::format, "How a timestamp is written.", example("epoch_ms"));
  return spec;
}

bool RetentionDocument::read_short(const SettingValue& value, SettingMistakes& mistakes) {
  return SettingType<std::optional<std::chrono::seconds>>::read(value, time, mistakes);
}

std::string RetentionDocument::short_schema() {
  return SettingType<std::chrono::seconds>::schema();
}

const Spec<RetentionDocument>& RetentionDocument::spec() {
  using C = RetentionDocument;
  static const Spec<C> spec =
      Spec<C>("a duration, or a map with time and size",
              "How long a history is kept; a duration alone is its time.")
          .field("time", &C::time, "By the time of acceptance.", example("7d"))
          .field("size", &C::size, "The oldest goes first.", example("50GB"));
  return spec;
}

const Spec<BrowserDocument>& BrowserDocument::spec() {
  using C = BrowserDocument;
  static const Spec<C> spec =
      Spec<C>("a map with origins", "What web pages may send.")
          .field("origins", &C::origins, "Pages of these origins send beacons without a token.",
                 required, example("[\"https://shop.example\"]"));
  return spec;
}

const Spec<SourceDocument>& SourceDocument::spec() {
  using C = SourceDocument;
  static const Spec<C> spec =
      Spec<C>("source", "Where events come in, what their columns are, and when they are late.")
          .field("source", &C::source, "Name of the source.", required, example("flights"))
          .field("from", &C::from, "The connector.", required)
          .field("path", &C::path, "A second address for events.", example("/log"))
          .field("schema", &C::schema, "The columns.", required)
          .field("event_time", &C::event_time,
                 "The timestamp column that says when an event happened. Without it, the time of "
                 "acceptance.")
          .field("lateness", &C::lateness, "How far behind the newest event an event may come.")
          .field("idle", &C::idle,
                 "A partition silent that long no longer holds the watermark. HTTP is one "
                 "partition, which waits for no other: there it changes nothing.")
          .field("max_ahead", &C::max_ahead,
                 "An event further ahead of the clock goes to quarantine.")
          .field("unknown_fields", &C::unknown_fields,
                 "What happens to fields that are no column: keep puts them as JSON into _extra.")
          .field("retention", &C::retention, "How long the history is kept; 7d without it.")
          .field("browser", &C::browser, "What web pages may send.");
  return spec;
}

Result<ValueBounds> read_bounds(ValueBounds bounds, const Type& type, EngineFacts& facts,
                                Report& report) {
  const std::pair<const char*, std::optional<Placed<std::string>>&> values[] = {
      {"min", bounds.min}, {"max", bounds.max}, {"default", bounds.preset}};
  bool good = true;
  for (const auto& [key, value] : values) {
    if (!value) continue;
    const bool is_bound = std::string_view(key) != "default";
    Result<std::string> read =
        is_bound && !is_ordered(type)
            ? Error{Fault::invalid,
                    "a bound is for numbers and times, and this is " + to_string(type)}
            : facts.value_of(value->value, type);
    if (read.ok()) {
      value->value = std::move(read).value();
      continue;
    }
    if (read.error().fault != Fault::invalid) return read.error();
    report.note(value->place, std::string(key) + ": " + read.error().message);
    good = false;
  }
  const std::pair<const std::optional<Placed<std::string>>&,
                  const std::optional<Placed<std::string>>&>
      pairs[] = {
          {bounds.min, bounds.max}, {bounds.min, bounds.preset}, {bounds.preset, bounds.max}};
  for (const auto& [low, high] : pairs) {
    if (!good || !low || !high) continue;
    TRY(const bool in_order, facts.in_order(low->value, high->value, type));
    if (in_order) continue;
    report.note(high->place, low->value + " is above " + high->value +
                                 ": min, default and max must be in this order");
    break;
  }
  return bounds;
}

Result<Source> declare_source(const Document<SourceDocument>& document, EngineFacts& facts,
                              Report& report) {
  const SourceDocument& settings = document.settings;
  Source source{.name = settings.source.value};
  if (settings.path && !settings.path->value.empty()) {
    check_path(*settings.path, report);
    source.path = settings.path->value;
  }
  std::set<std::string> taken;
  for (const auto& column : settings.schema) {
    check_column_name(column, taken, report);
    TRY(ColumnRule rule, declare_column(column, facts, report));
    source.rules.columns.push_back(std::move(rule));
  }
  if (settings.schema.empty() && report.has_key("schema")) {
    report.note_key("schema", "a source has one column at least");
  }
  if (settings.event_time) {
    source.rules.event_time = find_event_time(*settings.event_time, source.rules, report);
  }
  source.rules.unknown_fields = settings.unknown_fields;
  source.lateness = settings.lateness;
  source.idle = settings.idle;
  source.max_ahead = settings.max_ahead;
  source.retention.time = settings.retention.time;
  if (settings.retention.size) source.retention.bytes = settings.retention.size->bytes;
  check_origins(settings.browser, report);
  for (const auto& origin : settings.browser.origins) {
    source.browser_origins.push_back(origin.value);
  }
  source.place = report.document_place();
  source.places = report.key_places();
  return source;
}

}  // namespace workspace
}  // namespace weir
