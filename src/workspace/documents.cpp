#include "workspace/documents.h"

#include <algorithm>
#include <system_error>

#include "core/suggestion.h"
#include "formats/json_rows.h"
#include "workspace/sql_places.h"
#include "workspace/yaml_tree.h"

namespace weir::workspace {
namespace {

namespace fs = std::filesystem;

constexpr const char* weir_file = "weir.yaml";
constexpr std::size_t file_bytes_max = 16'000'000;

bool is_yaml(const fs::path& file) {
  return file.extension() == ".yaml" || file.extension() == ".yml";
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool has_weir_file(const fs::path& folder, std::vector<Mistake>& mistakes) {
  std::error_code failure;
  if (fs::is_regular_file(folder / weir_file, failure)) return true;
  mistakes.push_back({{weir_file, 1, 1},
                      "there is no such file in " + folder.string() +
                          ": a workspace has one that begins with weir: 1"});
  return false;
}

class DocumentReader {
 public:
  DocumentReader(fs::path folder, Documents& documents, std::vector<Mistake>& mistakes)
      : folder_(std::move(folder)), documents_(documents), mistakes_(mistakes) {}

  void read_file(const std::string& path) {
    auto text = read_text(folder_ / path, file_bytes_max);
    if (!text.ok()) {
      documents_.is_whole = false;
      mistakes_.push_back({{path, 1, 1}, text.error().message});
      return;
    }
    if (!formats::is_utf8(text.value())) {
      documents_.is_whole = false;
      mistakes_.push_back({{path, 1, 1}, "is not UTF-8: save it as that"});
      return;
    }
    documents_.files.push_back(
        std::make_unique<const WorkspaceFile>(WorkspaceFile{path, std::move(text).value()}));
    const WorkspaceFile& file = *documents_.files.back();
    YamlDocuments yaml = read_yaml(file.text);
    for (SettingValue& tree : yaml.documents) read_document(std::move(tree), file);
    if (!yaml.broken) return;
    documents_.is_whole = false;
    const SettingPlace place = yaml.broken->place;
    mistakes_.push_back({{path, place.line, place.column}, yaml.broken->message});
  }

  void read_weir_file() {
    read_file(weir_file);
    if (documents_.weir.empty()) return;
    for (const auto& name : documents_.weir.front().settings.environment) {
      listed_.push_back(name.value);
    }
  }

 private:
  void read_document(SettingValue tree, const WorkspaceFile& file) {
    Report report(file, tree, mistakes_);
    if (tree.kind != SettingValue::Kind::map || tree.entries.empty()) {
      documents_.is_whole = false;
      report.note("a document begins with its kind and name, such as source: flights");
      return;
    }
    expand_variables(tree, listed_, report);
    const std::string kind = tree.entries.front().key;
    if (kind == "weir") return decode(std::move(tree), file, documents_.weir);
    if (kind == "source") return decode(std::move(tree), file, documents_.sources);
    if (kind == "stream") return decode(std::move(tree), file, documents_.streams);
    if (kind == "table") return decode(std::move(tree), file, documents_.tables);
    if (kind == "api") return decode(std::move(tree), file, documents_.apis);
    if (kind == "test") return decode(std::move(tree), file, documents_.tests);
    documents_.unknown.push_back(tree.entries.front().value.text);
    note_unknown_kind(tree.entries.front(), report);
  }

  static void note_unknown_kind(const SettingEntry& first, Report& report) {
    std::vector<std::string> kinds;
    for (const SettingForm* form : document_forms()) kinds.push_back(form->name);
    const std::string near = did_you_mean(first.key, kinds);
    report.note(first.place,
                "there is no kind \"" + first.key + "\"" +
                    (near.empty() ? "; a document begins with " + alternatives(kinds) : near));
  }

  template <class D>
  void decode(SettingValue tree, const WorkspaceFile& file, std::vector<Document<D>>& into) {
    Document<D> document{{}, std::move(tree), &file};
    SettingMistakes mistakes;
    D::spec().decode(document.tree, document.settings, mistakes);
    Report(file, document.tree, mistakes_).note_all(mistakes);
    into.push_back(std::move(document));
  }

  fs::path folder_;
  Documents& documents_;
  std::vector<Mistake>& mistakes_;
  std::vector<std::string> listed_;  // environment variables that may be named
};

}  // namespace

std::vector<const SettingForm*> document_forms() {
  return {&WeirDocument::spec().form(),   &SourceDocument::spec().form(),
          &StreamDocument::spec().form(), &TableDocument::spec().form(),
          &ApiDocument::spec().form(),    &TestDocument::spec().form()};
}

std::vector<SettingForm> reference_forms() {
  const auto named = [](const char* name, SettingForm form) {
    form.name = name;
    return form;
  };
  return {WeirDocument::spec().form(),
          named("weir: http", HttpDocument::spec().form()),
          SourceDocument::spec().form(),
          named("source: a column of schema", ColumnDocument::spec().form()),
          named("source: retention", RetentionDocument::spec().form()),
          named("source: browser", BrowserDocument::spec().form()),
          StreamDocument::spec().form(),
          TableDocument::spec().form(),
          named("table: from", TableInput::spec().form()),
          ApiDocument::spec().form(),
          named("api: a parameter", ParameterDocument::spec().form()),
          TestDocument::spec().form(),
          named("test: a step", StepDocument::spec().form())};
}

Result<std::vector<std::string>> find_files(const fs::path& folder, const fs::path& data) {
  std::vector<std::string> found;
  std::error_code failure;
  fs::recursive_directory_iterator at(folder, failure);
  for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    const fs::path relative = at->path().lexically_relative(folder);
    const bool is_folder = at->is_directory(failure);
    if (is_folder && (is_hidden(relative) || relative == data)) at.disable_recursion_pending();
    if (!is_folder && is_yaml(relative) && !is_hidden(relative)) {
      found.push_back(relative.generic_string());
    }
  }
  if (failure) return Error{Fault::invalid, "the folder cannot be read: " + failure.message()};
  std::ranges::sort(found);
  return found;
}

Documents read_documents(const fs::path& folder, std::vector<Mistake>& mistakes) {
  Documents documents;
  if (!has_weir_file(folder, mistakes)) return documents;
  DocumentReader reader(folder, documents, mistakes);
  reader.read_weir_file();
  fs::path data = "data";
  if (!documents.weir.empty()) {
    const WeirDocument& weir = documents.weir.front().settings;
    data = fs::path(weir.data.value).lexically_normal();
  }
  const auto files = find_files(folder, data);
  if (!files.ok()) mistakes.push_back({{weir_file, 1, 1}, files.error().message});
  if (!files.ok()) return documents;
  for (const std::string& file : files.value()) {
    if (file != weir_file) reader.read_file(file);
  }
  return documents;
}

Documents read_weir_file(const fs::path& folder, std::vector<Mistake>& mistakes) {
  Documents documents;
  if (!has_weir_file(folder, mistakes)) return documents;
  DocumentReader(folder, documents, mistakes).read_weir_file();
  return documents;
}

}  // namespace weir::workspace
