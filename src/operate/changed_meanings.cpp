#include "operate/changed_meanings.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "operate/stream_specs.h"
#include "process/plan_identity.h"
#include "process/snapshot.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

Result<void> check_state(const std::filesystem::path& folder,
                         const workspace::CompiledWorkspace& workspace,
                         const workspace::CompiledStream& stream) {
  TRY(const auto snapshots, process::SnapshotFolder::open(folder));
  TRY(const std::optional<process::Snapshot> newest, snapshots->load());
  if (!newest) return {};
  return process::check_plan(stream.declared.name, *newest, stream.plan,
                             input_of(workspace, stream));
}

}  // namespace

std::vector<workspace::Mistake> changed_meanings(const workspace::CompiledWorkspace& workspace,
                                                 const std::vector<std::string>& dropped) {
  std::vector<workspace::Mistake> mistakes;
  for (const workspace::CompiledStream& stream : workspace.streams) {
    const std::filesystem::path folder = workspace.declared.data / "state" / stream.declared.name;
    if (std::ranges::find(dropped, stream.declared.name) != dropped.end()) continue;
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

Result<void> check_meanings(const workspace::CompiledWorkspace& workspace,
                            const std::vector<std::string>& dropped) {
  std::string all;
  for (const workspace::Mistake& mistake : changed_meanings(workspace, dropped)) {
    all += (all.empty() ? "" : "\n") + workspace::to_string(mistake);
  }
  return all.empty() ? Result<void>() : Error{Fault::conflict, all};
}

}  // namespace weir::operate
