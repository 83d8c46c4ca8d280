#include "operate/running_drop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
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

}  // namespace

Result<std::vector<std::string>> RunningDrop::under_way() const {
  TRY(std::vector<std::string> begun, begun_drop(parts_.data));
  const std::string failure = parts_.reloads.drop_failure();
  if (begun.empty() || failure.empty()) return begun;
  return Error{Fault::conflict,
               fmt::format("the drop of {} was begun and failed: {}\nmend that; `weir stop` and "
                           "`weir run` then finish it",
                           fmt::join(begun, ", "), failure)};
}

Result<void> RunningDrop::check_none_begun() const {
  TRY(const std::vector<std::string> begun, under_way());
  if (begun.empty()) return {};
  return Error{Fault::unavailable,
               fmt::format("another drop is under way, of {}", fmt::join(begun, ", "))};
}

Result<std::string> RunningDrop::answer(const net::Request& request) const {
  if (request.method != "POST") {
    TRY(const std::vector<std::string> begun, under_way());
    return json_strings(begun);
  }
  OK_OR_RETURN(check_none_begun());
  TRY(const Asked asked, read_body(request.body));
  TRY(CompiledWorkspace workspace,
      workspace::unless_mistaken(workspace::compile_folder(parts_.workspace)));
  workspace.declared.data = parts_.data;  // another one takes another start of the program
  TRY(auto tables, store::KeptTables::of(*parts_.tables));
  TRY(const DropPlan plan, plan_drop(workspace, asked.wish, std::move(tables)));
  if (!asked.dry_run) {
    std::lock_guard lock(beginning_);
    OK_OR_RETURN(check_none_begun());  // while this one was planned
    parts_.reloads.begin_drop();
    OK_OR_RETURN(begin_drop(parts_.data, plan));
    parts_.reload();
  }
  return fmt::format(R"({{"begun":{},"parts":{}}})", !asked.dry_run, parts_json(plan));
}

}  // namespace weir::operate
