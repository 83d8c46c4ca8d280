// A published API: a path, its parameters, and the SQL that answers.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "workspace/engine_facts.h"
#include "workspace/report.h"
#include "workspace/setting_types.h"

namespace weir::workspace {

struct ParameterDocument {
  std::optional<Placed<Type>> type;
  bool required = false;
  std::optional<Placed<std::string>> preset, min, max;

  static const Spec<ParameterDocument>& spec();
  bool read_short(const SettingValue& value, SettingMistakes& mistakes);
  static std::string short_schema();
};

struct ApiDocument {
  Placed<std::string> api;
  Placed<std::string> path;
  Placed<int> version{1, {}};
  NamedSettings<ParameterDocument> parameters;
  std::optional<Placed<std::string>> sql, sql_file;
  std::optional<std::chrono::microseconds> cache;

  static const Spec<ApiDocument>& spec();
};

// Fault::internal where the engine itself fails.
Result<Api> declare_api(const Document<ApiDocument>& document, const std::filesystem::path& folder,
                        EngineFacts& facts, Report& report);

}  // namespace weir::workspace
