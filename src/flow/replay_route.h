// POST /weir/v1/quarantine/{name}/replay: rows that were set aside are sent again, some at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "govern/tokens.h"
#include "net/http.h"
#include "scalars/time_zone.h"

namespace weir::flow {

// Which rows, and what is to be done.
struct ReplayWish {
  std::string name;                 // a source; of late rows, the stream or its source
  bool late = false;                // rows that came late to a stream, not refused ones
  std::string into;                 // late rows: another source they go to; empty: their own
  std::optional<std::string> code;  // those refused for this
  std::optional<Instant> since;     // those set aside then or later
  std::optional<Instant> until;     // and before then
  bool again = false;               // those too that were accepted on an earlier replay
  bool dry_run = false;             // only tell what would come of it
  Position position = 0;            // go on with this entry, at its row
  std::uint32_t row = 0;
};

struct ReplayAnswer {
  std::uint64_t rows = 0;  // that were sent again: accepted + refused
  std::uint64_t accepted = 0;
  std::uint64_t late = 0;        // of the accepted
  std::uint64_t refused = 0;     // again: they stay where they are
  std::uint64_t replayed = 0;    // accepted on an earlier replay, and left alone
  std::uint64_t still_late = 0;  // rows behind their own source's watermark, not sent
  struct Refused {
    std::string code, reason;
  };
  std::vector<Refused> first_refused;
  // Where to go on; nothing: that was all.
  std::optional<std::pair<Position, std::uint32_t>> next;
};

// From which source the rows came and to which they go; Fault::not_found where there is none.
struct ReplayWay {
  std::string from, to;
};

// What does it, on any thread.
struct Replay {
  std::function<Result<ReplayWay>(const ReplayWish&)> way;
  std::function<Result<ReplayAnswer>(const ReplayWish&)> replay;
};

// Who asks, and in which zone he means times without an offset.
struct Asker {
  const govern::Token& token;
  const TimeZone& zone;
};

// For those who may read the source that the rows came to, and write to the one they go to.
net::Response answer_replay(const net::Request& request, const std::string& name,
                            const Asker& asker, const Replay& replay);

}  // namespace weir::flow
