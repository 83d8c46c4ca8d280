// Keeps the journal short: snapshots, release of what nobody needs, retention of histories.
#pragma once

#include <chrono>
#include <mutex>
#include <stop_token>
#include <thread>

#include "operate/platform_status.h"

namespace weir::operate {

// A thread of its own, once an interval. What fails is logged once and tried again at the next.
class Housekeeping {
 public:
  Housekeeping(WorkingParts parts, std::chrono::microseconds interval);

  // One round, from any thread. A step that fails keeps none of the others from being done.
  // Waits while a backup copies what it would remove; not done where it is stopped then.
  Result<void> tidy(const std::stop_token& stop = {});

 private:
  void run(const std::stop_token& stop, std::chrono::microseconds interval);
  Result<void> retain();
  Result<void> release();

  const WorkingParts parts_;
  std::mutex mutex_;                  // one round at a time
  Position needed_by_collector_ = 0;  // as its newest good checkpoint said; under mutex_
  std::jthread thread_;
};

}  // namespace weir::operate
