#include "process/stream_job.h"

#include <utility>

#include "process/stream_run.h"

namespace weir::process {

Result<std::unique_ptr<StreamJob>> StreamJob::open(StreamSpec spec, StreamParts parts) {
  const std::string place = "stream " + spec.name;
  TRY(Pipeline pipeline, within(place, Pipeline::make(spec, parts.tables)));
  TRY(auto snapshots, within(place, SnapshotFolder::open(parts.folder)));
  auto run = std::make_unique<StreamRun>(std::move(spec), std::move(parts), std::move(pipeline),
                                         std::move(snapshots));
  OK_OR_RETURN(within(place, run->open()));
  return std::unique_ptr<StreamJob>(std::move(run));
}

}  // namespace weir::process
