// Makes everything that SQL may read readable by name in the tables' database.
#pragma once

#include <string>
#include <vector>

#include "engine/database.h"
#include "flow/tap.h"
#include "journal/journal.h"
#include "process/stream_job.h"
#include "serve/readable.h"
#include "sql/plan.h"
#include "workspace/compiled.h"

namespace weir::operate {

struct ReadableRelations {
  serve::Readables readables;
  std::vector<sql::Readable> names;  // the same, for checking SQL
  std::vector<flow::Flow> flows;     // what can be tapped
};

// The tables of streams are there already. Puts beside them the static tables, each
// source's history, and `late('stream')` and `quarantine('source')`.
Result<ReadableRelations> put_readable_relations(engine::Database& database,
                                                 const journal::Journal& journal,
                                                 const workspace::CompiledWorkspace& workspace,
                                                 const std::vector<process::StreamSpec>& streams);

}  // namespace weir::operate
