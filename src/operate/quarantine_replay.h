// Sends rows that a source refused once more, through the source as it is declared today.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "collect/collector.h"
#include "core/clock.h"
#include "formats/event_decoder.h"
#include "journal/journal.h"
#include "serve/replay_route.h"
#include "workspace/declarations.h"

namespace weir::operate {

// A row that is accepted is an event, and is marked as replayed by a record that becomes durable
// with it: whenever the program dies, it is both or neither, and a second replay leaves it alone.
// Any thread may call; one replay goes on at a time.
class QuarantineReplay {
 public:
  // All parts outlive it.
  struct Parts {
    const journal::Journal& journal;
    collect::Collector& collector;
    const std::vector<workspace::Source>& sources;
    const Clock& clock;
  };
  explicit QuarantineReplay(Parts parts) : parts_(parts) {}

  // Some thousand rows at most. Fault::not_found where there is no such source.
  Result<serve::ReplayAnswer> replay(const serve::ReplayWish& wish);

 private:
  const Parts parts_;
  std::mutex mutex_;
};

}  // namespace weir::operate
