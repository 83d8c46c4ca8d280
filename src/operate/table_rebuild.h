// `weir tables rebuild`: a stopped workspace's tables, written anew from its journal.
#pragma once

#include <filesystem>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "store/table_rebuild.h"
#include "workspace/compiled.h"

namespace weir::operate {

struct TableRebuild {
  std::vector<store::KeptResults> kept;  // what the tables hold now
  std::filesystem::path aside;           // where they went; empty: there were none
};

// Fault::conflict and nothing touched: a server runs over the data, or results are no longer kept
// that the tables may have held, unless `may_be_shorter`.
Result<TableRebuild> rebuild_tables(const workspace::CompiledWorkspace& workspace,
                                    bool may_be_shorter, const Clock& clock);

// How far back they go, in words.
std::string since(const store::KeptResults& kept);

}  // namespace weir::operate
