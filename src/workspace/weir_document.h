// weir.yaml: what holds for the whole workspace.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "settings/spec.h"
#include "workspace/engine_facts.h"
#include "workspace/report.h"

namespace weir::workspace {

struct HttpDocument {
  Placed<std::string> listen{"127.0.0.1:8080", {}};

  static const Spec<HttpDocument>& spec();
};

struct WeirDocument {
  int version = 1;
  Placed<std::string> name;
  Placed<std::string> data{"data", {}};
  HttpDocument http;
  Placed<std::string> time_zone{"UTC", {}};
  std::chrono::microseconds checkpoint_interval = std::chrono::seconds(5);
  std::vector<Placed<std::string>> environment;

  static const Spec<WeirDocument>& spec();
};

// Absolute.
std::filesystem::path data_folder(const WeirDocument& document,
                                  const std::filesystem::path& workspace);
// Fills what weir.yaml says of the workspace; `folder` is set.
Result<void> declare_workspace(const WeirDocument& document, Workspace& workspace,
                               EngineFacts& facts, Report& report);
// Puts the values of environment variables in place of ${NAME}, in every scalar but SQL. Those that
// weir.yaml does not list, or that are not set, are mistakes.
void expand_variables(SettingValue& document, const std::vector<std::string>& listed,
                      Report& report);

}  // namespace weir::workspace
