// The durable end of the journal and the newest entries before it, as readers wait for them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "journal/journal.h"

namespace weir::journal {

// Any thread may call.
class Tail {
 public:
  Tail(Position end, std::size_t bytes_max);

  // The next group, which is durable, and where it ends.
  void publish(std::vector<Placed> entries, Position end);
  Position end() const;
  Position wait_beyond(Position position, std::stop_token stop) const;

  // Adds the entries from `from` on that the filter wants to `found`, some at a time, and tells
  // how far it looked. Nothing: the entries at `from` are no longer kept here.
  std::optional<Position> find(Position from, const Filter& filter,
                               std::deque<Placed>& found) const;

 private:
  struct Kept {
    Placed placed;
    std::size_t bytes = 0;
  };

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any grown_;
  Position end_;
  Position kept_from_;
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::journal
