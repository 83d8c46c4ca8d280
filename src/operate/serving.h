// One compiled workspace at work over an open journal: sources, streams, tables and the gateway.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "core/clock.h"
#include "core/result.h"
#include "engine/database.h"
#include "govern/tokens.h"
#include "journal/journal.h"
#include "operate/doorway.h"
#include "operate/reload_record.h"
#include "serve/readable.h"
#include "telemetry/metrics.h"
#include "workspace/compiled.h"

namespace weir::operate {

// What outlives every workspace that is served over it.
struct ServingGrounds {
  journal::Journal& journal;
  govern::Tokens& tokens;
  const Clock& clock;
  ReloadRecord& reloads;
  std::function<void()> stop;    // begins to stop the program, and returns at once
  std::function<void()> reload;  // begins to take up the workspace's files, the same
  std::function<std::vector<telemetry::Metric>()> metrics;  // of what outlives them
};

class Serving : public Answering {
 public:
  // Recovers what the workspace's data folder keeps, and goes on from there. See
  // check_meanings().
  static Result<std::unique_ptr<Serving>> start(
      std::shared_ptr<const workspace::CompiledWorkspace> workspace, ServingGrounds grounds);
  // Answers what it took, but reads that wait for a position with 503; then each stream keeps a
  // snapshot. Nothing acknowledged is lost.
  ~Serving() override = default;

  // All for which that workspace cannot follow over the same data: it would change what is stored,
  // or needs another start of the program. What is kept of the names in `dropped` will be gone by
  // then.
  virtual Result<std::vector<workspace::Mistake>> reasons_against(
      const workspace::CompiledWorkspace& next, const std::vector<std::string>& dropped) const = 0;
  // Fault::unavailable: the disk has too little room for another start.
  virtual Result<void> check_room() const = 0;
  // As of the gateway.
  virtual bool await_queries() const = 0;
  virtual bool close_queries() = 0;
  // Has every stream keep a snapshot and wait, so that the end of this waits for none. One that
  // does not come so far is the error, and then all go on.
  virtual Result<void> hold_streams(const std::stop_token& stop) = 0;
  // Takes back hold_streams() and close_queries().
  virtual void go_on() = 0;
  // Lets no read wait any longer.
  virtual void stop_waits() = 0;
  // Waits until all that is durable is processed and applied, then frees what nobody needs, unless
  // a backup copies. Gives up at the deadline, and sooner where nothing gets on.
  virtual Result<void> finish(std::chrono::steady_clock::time_point deadline) = 0;

  virtual const std::shared_ptr<const workspace::CompiledWorkspace>& workspace() const = 0;
  virtual collect::Collector& collector() = 0;
  virtual serve::Freshness& freshness() = 0;
  // Rows of a table, `late(s)` or `quarantine(s)` through SQL, as the gateway would read them.
  virtual const std::shared_ptr<engine::Database>& database() = 0;
};

}  // namespace weir::operate
