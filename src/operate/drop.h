// Gives up what the data folder keeps of sources, streams and tables: `weir drop`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "journal/journal.h"
#include "store/kept_tables.h"
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

// What would go; changes nothing. Fault::not_found where nothing is kept of a name; Fault::invalid
// where it is declared; Fault::conflict where something that stays is made of it, with what to drop
// as well.
Result<DropPlan> plan_drop(const workspace::CompiledWorkspace& workspace, const DropWish& wish,
                           store::KeptTables tables);
// The same where no server runs. Opening the tables' file rewrites what a crash left of it: that
// waits while a backup copies.
Result<DropPlan> plan_stopped_drop(const workspace::CompiledWorkspace& workspace,
                                   const DropWish& wish);

// A drop says first what it will do, in a file of the data folder: whenever it ends in between,
// whatever comes next finishes it.
Result<void> begin_drop(const std::filesystem::path& data, const DropPlan& plan);
// Does it, while nothing else reads or writes in the folder; nothing where none was begun. Where it
// failed and is done again, the events that came to a source in between stay.
Result<void> finish_drop(const std::filesystem::path& data, journal::Journal& journal);
// The one that was begun is not to be done after all; nothing where it was set about already.
Result<void> abandon_drop(const std::filesystem::path& data);
// The names of the one that was begun and not finished.
Result<std::vector<std::string>> begun_drop(const std::filesystem::path& data);

// As the commands and the route tell it.
std::string parts_json(const DropPlan& plan);

}  // namespace weir::operate
