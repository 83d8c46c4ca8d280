#include "operate/table_rebuild.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "journal/journal.h"
#include "operate/data_folder.h"
#include "operate/stream_specs.h"
#include "store/backup_lock.h"

namespace weir::operate {
namespace {

Result<void> check_whole(const std::vector<store::KeptResults>& all) {
  std::string lines;
  for (const store::KeptResults& kept : all) {
    if (kept.is_whole) continue;
    lines += fmt::format("table {}: results of stream {} are kept {}\n", kept.target.table,
                         kept.target.stream, since(kept));
  }
  if (lines.empty()) return {};
  return Error{Fault::conflict, lines +
                                    "rebuilt tables would lack what is older: bring back a "
                                    "backup of the whole data folder, or say --shorter"};
}

}  // namespace

std::string since(const store::KeptResults& kept) {
  if (kept.is_whole) return "from the beginning";
  if (!kept.since) return "from nowhere: none is left";
  return fmt::format("from {:%Y-%m-%dT%H:%M:%SZ} on",
                     std::chrono::floor<std::chrono::seconds>(*kept.since));
}

Result<TableRebuild> rebuild_tables(const workspace::CompiledWorkspace& workspace,
                                    bool may_be_shorter, const Clock& clock) {
  const std::filesystem::path& data = workspace.declared.data;
  // A backup holds it from its beginning to its end. The tables' own lock is moved with them.
  TRY(const auto changing, store::BackupLock::change(store::BackupLock::of_data(data)));
  TRY(const auto journal, open_journal(data, {}, clock));
  const std::vector<store::Target> written = targets(workspace);
  TableRebuild done;
  TRY(done.kept, store::kept_results(*journal, written));
  if (!may_be_shorter) OK_OR_RETURN(check_whole(done.kept));
  TRY(done.aside,
      store::rebuild_tables(data / "tables", table_specs(workspace), *journal, written));
  return done;
}

}  // namespace weir::operate
