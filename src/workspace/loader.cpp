#include "workspace/loader.h"

#include <map>
#include <utility>

#include "workspace/documents.h"
#include "workspace/engine_facts.h"
#include "workspace/names.h"

namespace weir::workspace {
namespace {

template <class D>
Report report_of(const Document<D>& document, std::vector<Mistake>& mistakes) {
  return Report(*document.file, document.tree, mistakes);
}

// A name that did not come through was a mistake already.
Names collect_names(const Documents& documents, EngineFacts& facts,
                    std::vector<Mistake>& mistakes) {
  Names names(facts);
  const auto take = [&](const auto& list, auto member, auto add) {
    for (const auto& document : list) {
      Report report = report_of(document, mistakes);
      const Placed<std::string>& name = document.settings.*member;
      if (!name.value.empty()) add(name, report);
    }
  };
  const auto as = [&](Names::Kind kind) {
    return [&names, kind](const Placed<std::string>& name, Report& report) {
      names.add(kind, name, report);
    };
  };
  take(documents.sources, &SourceDocument::source, as(Names::Kind::source));
  take(documents.streams, &StreamDocument::stream, as(Names::Kind::stream));
  take(documents.tables, &TableDocument::table, as(Names::Kind::table));
  take(documents.apis, &ApiDocument::api, as(Names::Kind::api));
  take(documents.tests, &TestDocument::test,
       [&](const Placed<std::string>& name, Report& report) { names.add_test(name, report); });
  for (const auto& document : documents.streams) {
    Report report = report_of(document, mistakes);
    for (const TargetSetting& target : document.settings.into.values) {
      if (target.table.value.empty()) continue;
      names.add_target(target.table, document.settings.stream.value, report);
    }
  }
  return names;
}

// Addresses that two resources would answer.
void check_addresses(const Documents& documents, std::vector<Mistake>& mistakes) {
  std::map<std::string, Place> taken;
  const auto take = [&](const std::string& address, const Placed<std::string>& path,
                        Report report) {
    const auto [first, added] = taken.emplace(address, report.at(path.place));
    if (added) return;
    const Place& place = first->second;
    report.note(path.place, "path: \"" + address + "\" is taken in " + place.file + ":" +
                                std::to_string(place.line) + ":" + std::to_string(place.column));
  };
  for (const auto& source : documents.sources) {
    const auto& path = source.settings.path;
    if (path) take(path->value, *path, report_of(source, mistakes));
  }
  for (const auto& api : documents.apis) {
    const Placed<std::string>& path = api.settings.path;
    if (path.value.empty()) continue;
    take("/api/v" + std::to_string(api.settings.version.value) + path.value, path,
         report_of(api, mistakes));
  }
}

Result<void> declare_all(const Documents& documents, Workspace& workspace,
                         std::vector<Mistake>& mistakes) {
  TRY(EngineFacts facts, EngineFacts::open());
  for (const auto& document : documents.weir) {
    Report report = report_of(document, mistakes);
    if (&document != &documents.weir.front()) {
      report.note("weir.yaml has this already: a workspace has it once");
    } else {
      OK_OR_RETURN(declare_workspace(document.settings, workspace, facts, report));
    }
  }
  const Names names = collect_names(documents, facts, mistakes);
  for (const auto& document : documents.sources) {
    Report report = report_of(document, mistakes);
    TRY(Source source, declare_source(document, facts, report));
    source.rules.time_zone = workspace.time_zone;
    workspace.sources.push_back(std::move(source));
  }
  for (const auto& document : documents.streams) {
    Report report = report_of(document, mistakes);
    workspace.streams.push_back(declare_stream(document, workspace.folder, facts, report));
  }
  for (const auto& document : documents.tables) {
    Report report = report_of(document, mistakes);
    workspace.tables.push_back(declare_table(document, workspace.folder, names, report));
  }
  for (const auto& document : documents.apis) {
    Report report = report_of(document, mistakes);
    TRY(Api api, declare_api(document, workspace.folder, facts, report));
    workspace.apis.push_back(std::move(api));
  }
  for (const auto& document : documents.tests) {
    Report report = report_of(document, mistakes);
    workspace.tests.push_back(declare_test(document, names, facts, report));
  }
  check_addresses(documents, mistakes);
  return {};
}

}  // namespace

std::variant<Workspace, std::vector<Mistake>> load(const std::filesystem::path& folder) {
  Workspace workspace;
  std::error_code failure;
  workspace.folder = std::filesystem::weakly_canonical(folder, failure);
  std::vector<Mistake> mistakes;
  const Documents documents = read_documents(workspace.folder, mistakes);
  const auto declared = declare_all(documents, workspace, mistakes);
  if (!declared.ok()) mistakes.push_back({{"weir.yaml", 1, 1}, declared.error().message});
  if (mistakes.empty()) return workspace;
  sort_by_place(mistakes);
  return mistakes;
}

std::string json_schema() {
  std::string kinds;
  for (const SettingForm* form : document_forms()) {
    kinds += (kinds.empty() ? "" : ",\n    ") + form->schema();
  }
  return R"({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Weir workspace",)"
         "\n  \"oneOf\": [\n    " +
         kinds + "\n  ]\n}\n";
}

std::string settings_page() {
  std::string page =
      "# Settings\n\nA workspace is a folder of YAML files. Each document begins with its kind and "
      "name. Durations are written 250ms, 5s, 10m, 2h or 7d, sizes 64KB or 50GB. `${NAME}` stands "
      "for an environment variable that weir.yaml lists.\n";
  for (const SettingForm& form : reference_forms()) page += "\n" + form.page();
  return page;
}

}  // namespace weir::workspace
