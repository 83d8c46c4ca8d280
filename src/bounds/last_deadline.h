// For what has to come to an end, and may be unable to.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace weir::bounds {

// Calls `over` from a thread of its own, unless it ends before so much time has passed.
class LastDeadline {
 public:
  LastDeadline(std::chrono::milliseconds patience, std::function<void()> over);

 private:
  std::jthread thread_;
};

}  // namespace weir::bounds
