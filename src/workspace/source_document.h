// A source: where events come in, what their columns are, and when they are late.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "workspace/engine_facts.h"
#include "workspace/report.h"
#include "workspace/setting_types.h"

namespace weir::workspace {

struct ColumnDocument {
  std::optional<Placed<Type>> type;
  bool required = false;
  std::optional<Placed<std::string>> min, max, preset;
  FieldPath from;
  std::optional<Placed<TimeFormat>> format;

  static const Spec<ColumnDocument>& spec();
  bool read_short(const SettingValue& value, SettingMistakes& mistakes);
  static std::string short_schema();
};

// The connector; http is the only one there is.
struct SourceInput {};

struct RetentionDocument {
  std::optional<std::chrono::seconds> time;
  std::optional<ByteSize> size;

  static const Spec<RetentionDocument>& spec();
  bool read_short(const SettingValue& value, SettingMistakes& mistakes);
  static std::string short_schema();
};

struct BrowserDocument {
  std::vector<Placed<std::string>> origins;

  static const Spec<BrowserDocument>& spec();
};

struct SourceDocument {
  Placed<std::string> source;
  SourceInput from;
  std::optional<Placed<std::string>> path;
  NamedSettings<ColumnDocument> schema;
  std::optional<Placed<std::string>> event_time;
  std::chrono::microseconds lateness = std::chrono::seconds(5);
  std::optional<std::chrono::microseconds> idle;
  std::chrono::microseconds max_ahead = std::chrono::hours(24);
  UnknownFields unknown_fields = UnknownFields::ignore;
  RetentionDocument retention{std::chrono::hours(7 * 24), std::nullopt};
  BrowserDocument browser;

  static const Spec<SourceDocument>& spec();
};

// Fault::internal where the engine itself fails.
Result<Source> declare_source(const Document<SourceDocument>& document, EngineFacts& facts,
                              Report& report);
// Min, max and default of a column or parameter.
struct ValueBounds {
  std::optional<Placed<std::string>> min, max, preset;
};
// The same as the engine reads them. That they are values of the type, and in order, is checked.
Result<ValueBounds> read_bounds(ValueBounds bounds, const Type& type, EngineFacts& facts,
                                Report& report);

}  // namespace weir::workspace

namespace weir {

template <>
struct SettingType<workspace::SourceInput> {
  static std::string words() { return "http"; }
  static std::string schema();
  static bool read(const SettingValue& value, workspace::SourceInput& into,
                   SettingMistakes& mistakes);
};

}  // namespace weir
