// What a running platform says of itself, gathered from the rooms that do the work.
#pragma once

#include <string>
#include <vector>

#include "collect/collector.h"
#include "core/clock.h"
#include "index/ordered_indexes.h"
#include "journal/journal.h"
#include "operate/reload_record.h"
#include "process/stream_job.h"
#include "serve/status.h"
#include "store/applier.h"
#include "workspace/compiled.h"

namespace weir::operate {

// The parts that do the platform's work, to be asked by any thread while they live.
struct WorkingParts {
  const workspace::CompiledWorkspace& workspace;
  journal::Journal& journal;
  collect::Collector& collector;
  const std::vector<std::unique_ptr<process::StreamJob>>& streams;
  const store::Applier& applier;
  const Clock& clock;
  const ReloadRecord& reloads;
  const index::OrderedIndexes* indexes;  // null: no table has one
};

serve::PlatformStatus platform_status(const WorkingParts& parts);

// GET /weir/v1/{kind}: "sources", "streams", "tables" or "apis", of which the caller may see, as a
// JSON array.
std::string catalogue_json(const WorkingParts& parts, const std::string& kind,
                           const serve::MayRead& may_read);

}  // namespace weir::operate
