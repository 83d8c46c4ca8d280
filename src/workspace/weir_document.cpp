#include "workspace/weir_document.h"

#include <algorithm>
#include <cstdlib>

#include "core/suggestion.h"

namespace weir::workspace {
namespace {

using namespace std::chrono_literals;

bool is_address(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const auto port = whole_number(std::string_view(listen).substr(colon + 1));
  return port && *port >= 0 && *port <= 65'535;
}

// Looks for ${NAME}; ${secret:name} stays as it is.
class Expansion {
 public:
  Expansion(const std::vector<std::string>& listed, Report& report)
      : listed_(listed), report_(report) {}

  void expand(SettingValue& value) {
    if (value.kind == SettingValue::Kind::text) value.text = expanded(value);
    for (SettingValue& item : value.items) expand(item);
    for (SettingEntry& entry : value.entries) {
      const bool is_sql = entry.key == "sql" && entry.value.kind == SettingValue::Kind::text;
      if (!is_sql) {
        expand(entry.value);
      } else if (entry.value.text.find("${") != std::string::npos) {
        report_.note(entry.value.place, "variables do not stand inside SQL: write the value");
      }
    }
  }

 private:
  std::string expanded(const SettingValue& value) {
    std::string text;
    std::size_t copied = 0;
    for (std::size_t at = 0; (at = value.text.find("${", at)) != std::string::npos;) {
      const std::size_t end = value.text.find('}', at);
      if (end == std::string::npos) break;
      const std::string name = value.text.substr(at + 2, end - at - 2);
      if (!name.starts_with("secret:")) {
        text += value.text.substr(copied, at - copied) + variable(name, value.place);
        copied = end + 1;
      }
      at = end + 1;
    }
    return text + value.text.substr(copied);
  }
  std::string variable(const std::string& name, SettingPlace place) {
    if (std::ranges::find(listed_, name) == listed_.end()) {
      report_.note(place, "\"" + name + "\" is not listed under environment in weir.yaml" +
                              did_you_mean(name, listed_));
      return "";
    }
    const char* value = std::getenv(name.c_str());
    if (value != nullptr) return value;
    report_.note(place, "the environment variable " + name + " is not set");
    return "";
  }

  const std::vector<std::string>& listed_;
  Report& report_;
};

}  // namespace

const Spec<HttpDocument>& HttpDocument::spec() {
  static const Spec<HttpDocument> spec =
      Spec<HttpDocument>("a map with listen", "Where the workspace is served.")
          .field("listen", &HttpDocument::listen,
                 "Address and port. Port 0 takes any that is free.", example("0.0.0.0:8080"));
  return spec;
}

const Spec<WeirDocument>& WeirDocument::spec() {
  using C = WeirDocument;
  static const Spec<C> spec =
      Spec<C>("weir", "What holds for the whole workspace. It stands in weir.yaml.")
          .field("weir", &C::version, "Version of the workspace's format.", required, between(1, 1))
          .field("name", &C::name, "Name of the workspace.", required, example("flights"))
          .field("data", &C::data,
                 "Folder of the journal, tables and all else Weir keeps, relative to the "
                 "workspace.")
          .field("http", &C::http, "Where the workspace is served.")
          .field("time_zone", &C::time_zone,
                 "Zone of calendar windows and of times written without one.",
                 example("Asia/Shanghai"))
          .field("checkpoint_interval", &C::checkpoint_interval,
                 "How often streams write snapshots of their state.", between(100ms, 3'600'000ms))
          .field("environment", &C::environment,
                 "Environment variables that other settings may name as ${NAME}.",
                 example("[DB_HOST]"));
  return spec;
}

std::filesystem::path data_folder(const WeirDocument& document,
                                  const std::filesystem::path& workspace) {
  return (workspace / document.data.value / "").lexically_normal().parent_path();
}

Result<void> declare_workspace(const WeirDocument& document, Workspace& workspace,
                               EngineFacts& facts, Report& report) {
  workspace.name = document.name.value;
  if (workspace.name.empty()) report.note_key("name", "a workspace's name is not empty");
  workspace.time_zone = document.time_zone.value;
  auto zone = facts.use_time_zone(workspace.time_zone);
  if (!zone.ok() && zone.error().fault != Fault::invalid) return zone;
  if (!zone.ok()) {
    report.note(document.time_zone.place, "time_zone: \"" + workspace.time_zone +
                                              "\" is no time zone: write one such as UTC or "
                                              "Asia/Shanghai");
  }
  workspace.listen = document.http.listen.value;
  if (!is_address(workspace.listen)) {
    report.note(document.http.listen.place, "http.listen: \"" + workspace.listen +
                                                "\" is no address and port, such as "
                                                "127.0.0.1:8080");
  }
  workspace.checkpoint_interval = document.checkpoint_interval;
  workspace.data = data_folder(document, workspace.folder);
  if (workspace.data == workspace.folder) {
    report.note(document.data.place, "data: it needs a folder of its own, such as data");
  }
  workspace.place = report.document_place();
  workspace.places = report.key_places();
  return {};
}

void expand_variables(SettingValue& document, const std::vector<std::string>& listed,
                      Report& report) {
  Expansion(listed, report).expand(document);
}

}  // namespace weir::workspace
