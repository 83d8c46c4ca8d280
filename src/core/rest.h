// Lets a thread rest between two rounds of its work.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace weir {

// Returns after so long, or at once when stopped.
inline void rest(std::chrono::microseconds longest, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never_woken;
  std::unique_lock lock(mutex);
  never_woken.wait_for(lock, stop, longest, [] { return false; });
}

}  // namespace weir
