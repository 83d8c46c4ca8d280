// POST /weir/v1/quarantine/{source}/replay: rows that a source refused are sent again, some at a
// time.
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

namespace weir::serve {

// Which rows, and what is to be done.
struct ReplayWish {
  std::string source;
  std::optional<std::string> code;  // those refused for this
  std::optional<Instant> since;     // those refused then or later
  std::optional<Instant> until;     // and before then
  bool again = false;               // those too that were accepted on an earlier replay
  bool dry_run = false;             // only tell what would come of it
  Position position = 0;            // go on behind this entry's row
  std::uint32_t row = 0;
};

struct ReplayAnswer {
  std::uint64_t rows = 0;  // that were sent again: accepted + refused
  std::uint64_t accepted = 0;
  std::uint64_t late = 0;      // of the accepted
  std::uint64_t refused = 0;   // again: they stay where they are
  std::uint64_t replayed = 0;  // accepted on an earlier replay, and left alone
  struct Refused {
    std::string code, reason;
  };
  std::vector<Refused> first_refused;
  // Where to go on; nothing: that was all.
  std::optional<std::pair<Position, std::uint32_t>> next;
};

// Fault::not_found where there is no such source.
using Replay = std::function<Result<ReplayAnswer>(const ReplayWish&)>;

// For those who may read the source and write to it.
net::Response answer_replay(const net::Request& request, const std::string& source,
                            const govern::Token& token, const Replay& replay, const TimeZone& zone);

}  // namespace weir::serve
