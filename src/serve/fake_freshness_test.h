// How fresh relations are, as a test says.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "serve/readable.h"

namespace weir::serve {

// Everything up to `reached` is applied; whoever waits for more does so until it is. The journal
// ends at 1000.
class FakeFreshness final : public Freshness {
 public:
  Result<void> wait(const std::vector<std::string>& relations, Position position,
                    std::chrono::steady_clock::time_point deadline) override {
    if (position > 1'000) return Error{Fault::invalid, "beyond the journal's end, 1000"};
    std::unique_lock lock(mutex_);
    relations_ = relations;
    deadlines_.push_back(deadline);
    changed_.notify_all();
    changed_.wait_until(lock, deadline, [&] { return stopped_ || position <= reached_; });
    if (position <= reached_) return {};
    return Error{Fault::unavailable, "position not reached in time"};
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  void reach(Position position) {
    const std::lock_guard lock(mutex_);
    reached_ = position;
    changed_.notify_all();
  }
  // Returns once so many waits have begun, in all.
  void until_waiting(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return deadlines_.size() >= count; });
  }
  std::vector<std::string> relations() {
    const std::lock_guard lock(mutex_);
    return relations_;
  }
  // Of all waits so far.
  std::vector<std::chrono::steady_clock::time_point> deadlines() {
    const std::lock_guard lock(mutex_);
    return deadlines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Position reached_ = 0;
  bool stopped_ = false;
  std::vector<std::string> relations_;
  std::vector<std::chrono::steady_clock::time_point> deadlines_;
};

}  // namespace weir::serve
