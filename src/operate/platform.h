// A compiled workspace, running: journal, sources, streams, tables and the gateway.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "collect/collector.h"
#include "core/clock.h"
#include "core/result.h"
#include "engine/database.h"
#include "serve/readable.h"
#include "workspace/compiled.h"

namespace weir::operate {

class Platform {
 public:
  // Makes or recovers the data folder, then serves; does not listen where `listen` is empty.
  static Result<std::unique_ptr<Platform>> start(workspace::CompiledWorkspace workspace,
                                                 const std::string& listen, const Clock& clock);
  virtual ~Platform() = default;  // stops at once; nothing acknowledged is lost
  // Takes nothing new, answers what is under way, processes and applies all that is durable.
  virtual Result<void> drain() = 0;

  virtual std::uint16_t port() const = 0;  // 0: it does not listen
  // Where a client on this machine reaches it; empty: it does not listen.
  virtual const std::string& url() const = 0;
  virtual collect::Collector& collector() = 0;
  virtual serve::Freshness& freshness() = 0;
  // Rows of a table, `late(s)` or `quarantine(s)` through SQL, as the gateway would read them.
  virtual const std::shared_ptr<engine::Database>& database() = 0;
  // The admin token made at first start; empty at later ones.
  virtual const std::string& new_admin_token() const = 0;
};

}  // namespace weir::operate
