#include "workspace/loader.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
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

// Where the documents of each file begin, and the name of each; no name: weir.yaml's, or a test's.
using Beginnings = std::map<std::string, std::map<int, std::string>>;

Beginnings beginnings_of(const Documents& documents) {
  Beginnings beginnings;
  const auto take = [&](const auto& list, const auto& name_of) {
    for (const auto& document : list) {
      beginnings[document.file->path][document.tree.place.line] = name_of(document.settings);
    }
  };
  take(documents.weir, [](const WeirDocument&) { return ""; });
  take(documents.sources, [](const SourceDocument& source) { return source.source.value; });
  take(documents.streams, [](const StreamDocument& stream) { return stream.stream.value; });
  take(documents.tables, [](const TableDocument& table) { return table.table.value; });
  take(documents.apis, [](const ApiDocument& api) { return api.api.value; });
  take(documents.tests, [](const TestDocument&) { return ""; });
  return beginnings;
}

std::set<std::string> broken_names(const Documents& documents,
                                   const std::vector<Mistake>& mistakes) {
  std::set<std::string> broken(documents.unknown.begin(), documents.unknown.end());
  Beginnings beginnings = beginnings_of(documents);
  for (const Mistake& mistake : mistakes) {
    const auto& lines = beginnings[mistake.place.file];
    const auto behind = lines.upper_bound(mistake.place.line);
    if (behind != lines.begin()) broken.insert(std::prev(behind)->second);
  }
  broken.erase("");
  return broken;
}

void leave_out_broken(const Documents& documents, Loaded& loaded) {
  Workspace& workspace = loaded.workspace;
  std::set<std::string>& broken = workspace.broken;
  broken = broken_names(documents, loaded.mistakes);
  // A table whose stream is left out would seem to have none.
  for (const Stream& stream : workspace.streams) {
    if (broken.contains(stream.name)) broken.insert(stream.into.begin(), stream.into.end());
  }
  const auto is_broken = [&](const auto& declared) { return broken.contains(declared.name); };
  std::erase_if(workspace.sources, is_broken);
  std::erase_if(workspace.streams, is_broken);
  std::erase_if(workspace.tables, is_broken);
  std::erase_if(workspace.apis, is_broken);
  for (Stream& stream : workspace.streams) {
    std::erase_if(stream.into, [&](const std::string& name) { return broken.contains(name); });
  }
  const auto is_in_weir_yaml = [](const Mistake& m) { return m.place.file == "weir.yaml"; };
  loaded.is_whole = documents.is_whole && std::ranges::none_of(loaded.mistakes, is_in_weir_yaml);
}

}  // namespace

Loaded load_sound(const std::filesystem::path& folder) {
  Loaded loaded;
  std::error_code failure;
  loaded.workspace.folder = std::filesystem::weakly_canonical(folder, failure);
  const Documents documents = read_documents(loaded.workspace.folder, loaded.mistakes);
  const auto declared = declare_all(documents, loaded.workspace, loaded.mistakes);
  if (!declared.ok()) loaded.mistakes.push_back({{"weir.yaml", 1, 1}, declared.error().message});
  sort_by_place(loaded.mistakes);
  leave_out_broken(documents, loaded);
  return loaded;
}

std::variant<Workspace, std::vector<Mistake>> load(const std::filesystem::path& folder) {
  Loaded loaded = load_sound(folder);
  if (loaded.mistakes.empty()) return std::move(loaded.workspace);
  return std::move(loaded.mistakes);
}

std::variant<std::filesystem::path, std::vector<Mistake>> find_data_folder(
    const std::filesystem::path& folder) {
  std::error_code failure;
  const std::filesystem::path root = std::filesystem::weakly_canonical(folder, failure);
  std::vector<Mistake> mistakes;
  const Documents documents = read_weir_file(root, mistakes);
  if (mistakes.empty() && !documents.weir.empty()) {
    return data_folder(documents.weir.front().settings, root);
  }
  if (mistakes.empty()) mistakes.push_back({{"weir.yaml", 1, 1}, "it begins with weir: 1"});
  return mistakes;
}

Error error_of(const std::vector<Mistake>& mistakes) {
  return {Fault::invalid, "the workspace has mistakes\n" + lines_of(mistakes)};
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
