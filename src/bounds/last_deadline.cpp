#include "bounds/last_deadline.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace weir::bounds {

LastDeadline::LastDeadline(std::chrono::milliseconds patience, std::function<void()> over)
    : thread_([patience, over = std::move(over)](const std::stop_token& stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, stop, patience, [] { return false; });
        if (!stop.stop_requested()) over();
      }) {}

}  // namespace weir::bounds
