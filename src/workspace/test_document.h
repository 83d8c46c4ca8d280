// A test of a workspace: what is sent, and what must come of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workspace/engine_facts.h"
#include "workspace/names.h"
#include "workspace/report.h"
#include "workspace/setting_types.h"

namespace weir::workspace {

// A timestamp, or end.
struct WatermarkSetting {
  std::optional<Placed<std::string>> at;
};

struct StepDocument {
  std::optional<NamedSettings<std::vector<JsonRow>>> send;
  std::optional<NamedSettings<WatermarkSetting>> watermark;
  std::optional<NamedSettings<std::vector<JsonRow>>> expect;

  static const Spec<StepDocument>& spec();
};

struct TestDocument {
  Placed<std::string> test;
  std::vector<Placed<StepDocument>> steps;

  static const Spec<TestDocument>& spec();
};

Test declare_test(const Document<TestDocument>& document, const Names& names,
                  const EngineFacts& facts, Report& report);

}  // namespace weir::workspace

namespace weir {

template <>
struct SettingType<workspace::WatermarkSetting> {
  static std::string words() { return "end or a timestamp"; }
  static std::string schema() { return R"({"type": "string"})"; }
  static bool read(const SettingValue& value, workspace::WatermarkSetting& into,
                   SettingMistakes& mistakes);
};

}  // namespace weir
