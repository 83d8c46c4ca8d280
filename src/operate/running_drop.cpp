#include "operate/running_drop.h"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

#include "core/json_text.h"
#include "formats/json_value.h"
#include "operate/drop.h"
#include "workspace/compiled.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

using formats::JsonValue;
using workspace::CompiledWorkspace;
using workspace::Mistake;

struct Asked {
  DropWish wish;
  bool dry_run = false;
};

Result<Asked> read_body(const std::string& body) {
  const auto json = JsonValue::parse(body);
  Asked asked;
  bool is_sound = json.ok() && json.value().is_object();
  for (const auto& [name, value] : is_sound ? json.value().object() : JsonValue::Object{}) {
    if (name == "restart" && value.is_boolean()) {
      asked.wish.restart = value.boolean();
    } else if (name == "dry_run" && value.is_boolean()) {
      asked.dry_run = value.boolean();
    } else {
      is_sound = is_sound && name == "names" && value.is_array();
    }
  }
  if (is_sound) {
    for (const JsonValue& name : json.value()["names"].array()) {
      asked.wish.names.push_back(name.text());
    }
  }
  if (!asked.wish.names.empty()) return asked;
  return Error{
      Fault::invalid,
      R"(send {"names": ["..."], "restart": false, "dry_run": true}; the last two may be left out)"};
}

Result<CompiledWorkspace> compile(const std::filesystem::path& folder) {
  auto compiled = workspace::compile_folder(folder);
  if (auto* sound = std::get_if<CompiledWorkspace>(&compiled)) return std::move(*sound);
  return Error{Fault::invalid, "the workspace has mistakes: " +
                                   to_string(std::get<std::vector<Mistake>>(compiled).front())};
}

}  // namespace

Result<std::string> RunningDrop::answer(const net::Request& request) const {
  TRY(const std::vector<std::string> begun, begun_drop(parts_.data));
  std::string names;
  for (const std::string& name : begun) names += (names.empty() ? "" : ",") + json_string(name);
  if (request.method != "POST") return "[" + names + "]";
  if (!begun.empty()) {
    return Error{Fault::unavailable, "another drop is under way, of " + names};
  }
  TRY(const Asked asked, read_body(request.body));
  TRY(CompiledWorkspace workspace, compile(parts_.workspace));
  workspace.declared.data = parts_.data;  // another one takes another start of the program
  TRY(auto tables, store::KeptTables::of(*parts_.tables));
  TRY(const DropPlan plan, plan_drop(workspace, asked.wish, std::move(tables)));
  if (!asked.dry_run) {
    OK_OR_RETURN(begin_drop(parts_.data, plan));
    parts_.reload();
  }
  return fmt::format(R"({{"begun":{},"parts":{}}})", !asked.dry_run, parts_json(plan));
}

}  // namespace weir::operate
