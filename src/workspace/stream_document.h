// A stream: SQL over changes, when it gives out its results, and where they go.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workspace/engine_facts.h"
#include "workspace/names.h"
#include "workspace/report.h"
#include "workspace/setting_types.h"

namespace weir::workspace {

// earliest, latest, or a timestamp.
struct StartSetting {
  Stream::Start from = Stream::Start::earliest;
  Placed<std::string> at;
};

// A table's name. Connectors to other systems will stand here as maps.
struct TargetSetting {
  Placed<std::string> table;
};

enum class UnboundedState : std::uint8_t { refuse, allow };

inline std::vector<std::pair<std::string_view, UnboundedState>> setting_names(UnboundedState) {
  return {{"allow", UnboundedState::allow}};
}

struct StreamDocument {
  Placed<std::string> stream;
  std::optional<Placed<std::string>> sql, sql_file;
  Emit emit = Emit::automatic;
  std::chrono::microseconds emit_interval = std::chrono::seconds(1);
  std::optional<std::chrono::microseconds> state_ttl;
  UnboundedState unbounded_state = UnboundedState::refuse;
  int parallelism = 1;
  StartSetting start;
  OneOrMore<TargetSetting> into;

  static const Spec<StreamDocument>& spec();
};

Stream declare_stream(const Document<StreamDocument>& document, const std::filesystem::path& folder,
                      const EngineFacts& facts, Report& report);

}  // namespace weir::workspace

namespace weir {

template <>
struct SettingType<workspace::StartSetting> {
  static std::string words() { return "earliest, latest or a timestamp"; }
  static std::string schema() { return R"({"type": "string"})"; }
  static bool read(const SettingValue& value, workspace::StartSetting& into,
                   SettingMistakes& mistakes);
  static std::string print(const workspace::StartSetting&) { return "earliest"; }
};

template <>
struct SettingType<workspace::TargetSetting> {
  static std::string words() { return "a table's name"; }
  static std::string schema() { return R"({"type": "string"})"; }
  static bool read(const SettingValue& value, workspace::TargetSetting& into,
                   SettingMistakes& mistakes);
};

}  // namespace weir
