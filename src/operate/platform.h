// A compiled workspace, running: data folder, journal and HTTP server, and behind them what serves
// the workspace of now, which may be replaced while all of it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "collect/collector.h"
#include "core/clock.h"
#include "core/result.h"
#include "engine/database.h"
#include "serve/readable.h"
#include "workspace/compiled.h"

namespace weir::operate {

// Owned by one thread.
class Platform {
 public:
  // Makes or recovers the data folder, then serves; does not listen where `listen` is empty. While
  // it recovers, /healthz is answered 200 and all else 503.
  static Result<std::unique_ptr<Platform>> start(workspace::CompiledWorkspace workspace,
                                                 const std::string& listen, const Clock& clock);
  virtual ~Platform() = default;  // stops at once; nothing acknowledged is lost
  // Serves `next` from now on, the changed files as they were read. Requests wait meanwhile, and
  // every stream goes on where it was. Where it has mistakes, would change what is stored or cannot
  // start, that is the error, and what was served before is served on; the same where a query or a
  // stream is in a function that does not end, or where it is stopped while a backup copies.
  virtual Result<void> reload(Result<workspace::CompiledWorkspace> next,
                              const std::stop_token& stop = {}) = 0;
  // False: after a reload not even what was served before could start again. It must be let go.
  virtual bool is_serving() const = 0;
  // Takes nothing new, answers what is under way, processes and applies all that is durable. Gives
  // up where that does not get on: then it is done at the next start.
  virtual Result<void> drain() = 0;

  virtual std::uint16_t port() const = 0;  // 0: it does not listen
  // Where a client on this machine reaches it; empty: it does not listen.
  virtual const std::string& url() const = 0;
  // These three are of what is served now: until the next reload.
  virtual collect::Collector& collector() = 0;
  virtual serve::Freshness& freshness() = 0;
  // Rows of a table, `late(s)` or `quarantine(s)` through SQL, as the gateway would read them.
  virtual const std::shared_ptr<engine::Database>& database() = 0;
  // The admin token made at first start; empty at later ones.
  virtual const std::string& new_admin_token() const = 0;
};

}  // namespace weir::operate
