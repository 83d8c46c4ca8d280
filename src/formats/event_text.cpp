#include "formats/event_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <optional>

#include "core/json_text.h"
#include "formats/json_rows.h"

namespace weir::formats {
namespace {

// A field: a value, or fields inside it.
struct FieldText {
  std::map<std::string, FieldText> inside;
  std::string value;  // JSON
};

std::string epoch_text(std::int64_t micros, std::int64_t unit) {
  if (micros % unit == 0) return std::to_string(micros / unit);
  return fmt::format("{:.6f}", static_cast<double>(micros) / static_cast<double>(unit));
}

std::string value_text(const ColumnRule& rule, const Column& column, std::size_t row) {
  const auto micros = [&] { return column.values<std::int64_t>()[row]; };
  switch (rule.format) {
    case TimeFormat::epoch_s: return epoch_text(micros(), 1'000'000);
    case TimeFormat::epoch_ms: return epoch_text(micros(), 1'000);
    case TimeFormat::epoch_us: return epoch_text(micros(), 1);
    case TimeFormat::iso: break;
  }
  std::string value;
  append_json_value(value, column, row);
  return value;
}

void append_fields(std::string& json, const std::map<std::string, FieldText>& fields) {
  for (const auto& [name, field] : fields) {
    if (json.back() != '{') json += ',';
    append_json_string(json, name);
    json += ':';
    if (field.inside.empty()) {
      json += field.value;
    } else {
      json += '{';
      append_fields(json, field.inside);
      json += '}';
    }
  }
}

}  // namespace

std::string event_text(const EventRules& rules, const Batch& rows, std::size_t row) {
  FieldText event;
  for (const ColumnRule& rule : rules.columns) {
    const std::optional<std::size_t> at = rows.schema().find(rule.name);
    if (!at || rows.column(*at).is_null(row)) continue;
    FieldText* field = &event;
    for (const std::string& name : rule.path) field = &field->inside[name];
    field->value = value_text(rule, rows.column(*at), row);
  }
  std::string json = "{";
  append_fields(json, event.inside);
  const std::optional<std::size_t> extra = rows.schema().find(extra_column);
  if (extra && !rows.column(*extra).is_null(row)) {
    const std::string_view others = rows.column(*extra).string(row);  // a JSON object too
    if (others.size() > 2 && json.back() != '{') json += ',';
    json += others.substr(1, others.size() - 2);
  }
  return json + "}";
}

}  // namespace weir::formats
