// Gives up what the data folder keeps of sources, streams and tables: `weir drop`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "journal/journal.h"
#include "workspace/compiled.h"

namespace weir::operate {

struct DropWish {
  std::vector<std::string> names;
  bool restart = false;  // also what is declared: it starts anew
};

// One thing that goes.
struct DropPart {
  std::string what;  // "table delays", "events of source flights"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // 0: not known
};

struct DropPlan {
  std::vector<std::string> topics;  // sources and streams
  std::vector<std::string> tables;
  std::vector<DropPart> parts;
};

// What would go; changes nothing. No server runs over the data. Fault::not_found where nothing is
// kept of a name; Fault::invalid where it is declared; Fault::conflict where something that stays
// is made of it, with what to drop as well.
Result<DropPlan> plan_drop(const workspace::CompiledWorkspace& workspace, const DropWish& wish);

// Does it. First it says so in a file of the data folder: whenever it ends in between,
// finish_drop() does the rest.
Result<void> drop(const std::filesystem::path& data, const DropPlan& plan,
                  journal::Journal& journal);

// The names of a drop that was begun and not finished.
Result<std::vector<std::string>> begun_drop(const std::filesystem::path& data);
// Before anything is read of the folder.
Result<void> finish_drop(const std::filesystem::path& data, journal::Journal& journal);

}  // namespace weir::operate
