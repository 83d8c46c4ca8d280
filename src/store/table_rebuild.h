// Brings tables back whose file is damaged: the journal and its histories hold every result that is
// still kept.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "journal/journal.h"
#include "store/table_spec.h"

namespace weir::store {

// What an operator does about a damaged file, for the end of a message.
inline constexpr std::string_view rebuild_advice =
    "; stop the server, then `weir tables rebuild` writes the tables anew from what the journal "
    "and its histories keep";

// Whether it is the whole of a stream's first commit, or begins that: no result before this entry
// was kept once and is no longer.
Result<bool> is_first_result(const journal::Entry& oldest_commit);

// How far back the results of one stream go.
struct KeptResults {
  Target target;
  std::optional<Instant> since;  // acceptance of the oldest commit there is; nothing: none is kept
  bool is_whole = false;         // its first commit is there
};

// Reads each stream's first commit that is kept.
Result<std::vector<KeptResults>> kept_results(const journal::Journal& journal,
                                              const std::vector<Target>& targets);

// Moves `folder` aside, whatever it holds, and writes the tables anew, all that is durable in the
// journal. Where the folder went; empty: it was not there. A crash on the way loses nothing: the
// next opening goes on where it was.
Result<std::filesystem::path> rebuild_tables(const std::filesystem::path& folder,
                                             const std::vector<TableSpec>& tables,
                                             const journal::Journal& journal,
                                             const std::vector<Target>& targets);

}  // namespace weir::store
