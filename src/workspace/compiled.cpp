#include "workspace/compiled.h"

#include <utility>

#include "workspace/compiled_apis.h"
#include "workspace/compiled_streams.h"
#include "workspace/compiled_tables.h"
#include "workspace/loader.h"

namespace weir::workspace {
namespace {

// What an API may read.
std::vector<sql::Readable> readables_of(const CompiledWorkspace& compiled) {
  std::vector<sql::Readable> names;
  const auto add_topic = [&](const std::string& kind, const std::string& name,
                             const std::shared_ptr<const Schema>& schema) {
    names.push_back({kind + "(" + name + ")", sql::Readable::Kind::source, schema, {}, true});
  };
  for (const Source& source : compiled.declared.sources) {
    names.push_back(readable_of(source));
    add_topic("quarantine", source.name, refused_rows_schema());
  }
  for (const CompiledStream& stream : compiled.streams) {
    add_topic("late", stream.declared.name, sql::source_of(*stream.plan.root).output);
    add_topic("quarantine", stream.declared.name, sql::poison_schema());
  }
  for (const StreamTable& table : compiled.tables) {
    names.push_back({table.name, sql::Readable::Kind::table, table.schema, {}, false});
  }
  for (const StaticTable& table : compiled.static_tables) {
    names.push_back({table.name, sql::Readable::Kind::static_table, table.schema, {}, true});
  }
  return names;
}

}  // namespace

std::variant<CompiledWorkspace, std::vector<Mistake>> compile(Workspace workspace) {
  std::vector<Mistake> mistakes;
  auto reads = SqlReads::open();
  if (!reads.ok()) return std::vector<Mistake>{{{"weir.yaml", 1, 1}, reads.error().message}};
  SqlReads opened = std::move(reads).value();
  CompiledWorkspace compiled;
  compiled.declared = std::move(workspace);
  const Workspace& declared = compiled.declared;
  compiled.static_tables = read_static_tables(declared, mistakes);
  compiled.streams = compile_streams(declared, compiled.static_tables, opened, mistakes);
  compiled.tables = compile_tables(declared, compiled.streams, mistakes);
  compiled.apis = compile_apis(declared, readables_of(compiled), opened, mistakes);
  if (mistakes.empty()) return compiled;
  sort_by_place(mistakes);
  return mistakes;
}

std::variant<CompiledWorkspace, std::vector<Mistake>> compile_folder(
    const std::filesystem::path& folder) {
  Loaded loaded = load_sound(folder);
  std::vector<Mistake> mistakes = std::move(loaded.mistakes);
  if (!loaded.is_whole) return mistakes;
  auto compiled = compile(std::move(loaded.workspace));
  if (auto* found = std::get_if<std::vector<Mistake>>(&compiled)) {
    mistakes.insert(mistakes.end(), found->begin(), found->end());
  }
  if (mistakes.empty()) return compiled;
  sort_by_place(mistakes);
  return mistakes;
}

}  // namespace weir::workspace
