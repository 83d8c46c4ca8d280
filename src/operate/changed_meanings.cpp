#include "operate/changed_meanings.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "operate/drop.h"
#include "operate/stream_specs.h"
#include "process/plan_identity.h"
#include "process/snapshot.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

using workspace::CompiledWorkspace;
using workspace::Mistake;
using workspace::Place;

Result<void> check_state(const std::filesystem::path& folder, const CompiledWorkspace& workspace,
                         const workspace::CompiledStream& stream) {
  TRY(const auto snapshots, process::SnapshotFolder::open(folder));
  TRY(const std::optional<process::Snapshot> newest, snapshots->load());
  if (!newest) return {};
  return process::check_plan(stream.declared.name, *newest, stream.plan,
                             input_of(workspace, stream));
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Of the table's document, else of the first stream that writes it.
Place place_of_table(const CompiledWorkspace& workspace, const std::string& name) {
  const auto& tables = workspace.declared.tables;
  const auto table = std::ranges::find(tables, name, &workspace::Table::name);
  if (table != tables.end()) return table->place;
  const auto& streams = workspace.declared.streams;
  const auto writer = std::ranges::find_if(
      streams, [&](const workspace::Stream& stream) { return contains(stream.into, name); });
  ASSERT(writer != streams.end());
  return writer->place;
}

std::vector<store::TableSpec> tables_but(const CompiledWorkspace& workspace,
                                         const std::vector<std::string>& dropped) {
  std::vector<store::TableSpec> tables = table_specs(workspace);
  std::erase_if(tables, [&](const auto& table) { return contains(dropped, table.name); });
  return tables;
}

// Those that are filled from files.
std::set<std::string> static_tables_but(const CompiledWorkspace& workspace,
                                        const std::vector<std::string>& dropped) {
  std::set<std::string> names = static_names(workspace);
  for (const std::string& name : dropped) names.erase(name);
  return names;
}

void add_tables(const CompiledWorkspace& workspace, const std::vector<store::ChangedTable>& changed,
                std::vector<Mistake>& mistakes) {
  for (const store::ChangedTable& one : changed) {
    mistakes.push_back({place_of_table(workspace, one.table), one.message});
  }
  workspace::sort_by_place(mistakes);
}

void add_settings(const workspace::Workspace& next, const workspace::Workspace& now,
                  std::vector<Mistake>& mistakes) {
  const auto add = [&](const char* key, const char* name) {
    const auto place = next.places.find(key);
    mistakes.push_back({place == next.places.end() ? next.place : place->second,
                        std::string("another `") + name + "` takes another start of the server"});
  };
  if (next.data != now.data) add("data", "data");
  if (next.listen != now.listen) add("http", "http.listen");
}

}  // namespace

std::vector<Mistake> changed_meanings(const CompiledWorkspace& workspace,
                                      const std::vector<std::string>& dropped) {
  std::vector<Mistake> mistakes;
  for (const workspace::CompiledStream& stream : workspace.streams) {
    const std::filesystem::path folder = workspace.declared.data / "state" / stream.declared.name;
    if (contains(dropped, stream.declared.name)) continue;
    const auto has_any = process::SnapshotFolder::has_any(folder);
    if (!has_any.ok() || !has_any.value()) continue;  // the start says why it cannot be read
    const Result<void> state = check_state(folder, workspace, stream);
    if (state.ok() || state.error().fault != Fault::conflict) continue;
    mistakes.push_back(
        {stream.declared.place, "stream " + stream.declared.name + ": " + state.error().message});
  }
  workspace::sort_by_place(mistakes);
  return mistakes;
}

Result<void> check_meanings(const CompiledWorkspace& workspace) {
  const std::vector<Mistake> mistakes = changed_meanings(workspace);
  if (mistakes.empty()) return {};
  return Error{Fault::conflict, workspace::lines_of(mistakes)};
}

std::vector<Mistake> changed_data(const CompiledWorkspace& workspace) {
  const std::filesystem::path& data = workspace.declared.data;
  const auto begun = begun_drop(data);
  const std::vector<std::string> dropped = begun.ok() ? begun.value() : std::vector<std::string>();
  std::vector<Mistake> mistakes = changed_meanings(workspace, dropped);
  const auto changed = store::TableStore::changed_in(
      data / "tables", tables_but(workspace, dropped), static_tables_but(workspace, dropped));
  if (changed.ok()) add_tables(workspace, changed.value(), mistakes);
  return mistakes;
}

Result<std::vector<Mistake>> reasons_against(const CompiledWorkspace& next,
                                             const workspace::Workspace& now,
                                             const store::TableStore& store,
                                             const std::vector<std::string>& dropped) {
  std::vector<Mistake> reasons = changed_meanings(next, dropped);
  TRY(const auto changed,
      store.changed(tables_but(next, dropped), static_tables_but(next, dropped)));
  add_settings(next.declared, now, reasons);
  add_tables(next, changed, reasons);
  return reasons;
}

}  // namespace weir::operate
