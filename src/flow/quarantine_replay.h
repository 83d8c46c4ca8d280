// Sends rows that were set aside once more, through a source as it is declared today.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "core/clock.h"
#include "flow/replay_route.h"
#include "flow/replayed_rows.h"
#include "journal/journal.h"
#include "process/stream_job.h"
#include "workspace/declarations.h"

namespace weir::flow {

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
    const std::vector<std::unique_ptr<process::StreamJob>>& streams;
    const Clock& clock;
  };
  explicit QuarantineReplay(Parts parts) : parts_(parts) {}

  // Fault::not_found where there is no such source or stream.
  Result<ReplayWay> way(const ReplayWish& wish) const;
  // Some thousand rows at most. Refused rows go as they came, late ones as their columns say: those
  // that their own source would find late again are left where they are, for everything that is not
  // a window has counted them already.
  Result<ReplayAnswer> replay(const ReplayWish& wish);

 private:
  Result<const workspace::Source*> find_source(const std::string& name) const;
  // Of rows of `topic` that went to the source, up to date.
  Result<ReplayedRows*> replayed_rows(const std::string& source, const std::string& topic);
  // The stream whose late rows are meant.
  Result<const process::StreamSpec*> find_stream(const std::string& name) const;

  const Parts parts_;
  std::mutex mutex_;
  // Between two parts of a replay, what is known of it; under mutex_.
  std::string known_of_;  // to which source, of which topic
  std::optional<ReplayedRows> known_;
};

}  // namespace weir::flow
