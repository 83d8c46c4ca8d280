// Where a stream's thread stands still for as long as another one wants, and may be stopped without
// a wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace weir::process {

class HoldPoint {
 public:
  // The thread that works. It looks here where it could end for good, and last of all ends here.
  bool is_wanted() const {
    std::lock_guard lock(mutex_);
    return is_wanted_;
  }
  // Returns at once where it is not wanted to stand, else when it is let go or stopped.
  void stand(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    is_standing_ = true;
    changed_.notify_all();
    changed_.wait(lock, std::move(stop), [&] { return !is_wanted_; });
    is_standing_ = false;
  }
  void end() {
    std::lock_guard lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
  }

  // Any other thread.
  void want() {
    std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  void let_go() {
    std::lock_guard lock(mutex_);
    is_wanted_ = false;
    changed_.notify_all();
  }
  // Waits until it stands or has ended. False: it works on at the deadline, or when stopped.
  bool wait(std::chrono::steady_clock::time_point deadline, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, std::move(stop), deadline,
                               [&] { return is_standing_ || has_ended_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_wanted_ = false;
  bool is_standing_ = false;
  bool has_ended_ = false;
};

}  // namespace weir::process
