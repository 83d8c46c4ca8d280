// How far a stream's results are durable, as its thread, the journal's thread and those who wait
// all see it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "core/position.h"
#include "core/result.h"

namespace weir::process {

// One commit, or part of one, is on its way at a time: none may become durable before another that
// was refused and is handed on again. Any thread may call.
class CommitProgress {
 public:
  // What recovery found.
  void start_at(Position through, Position commit_end) {
    std::lock_guard lock(mutex_);
    through_ = through;
    commit_end_ = commit_end;
  }
  void appended() {
    std::lock_guard lock(mutex_);
    is_in_flight_ = true;
    refusal_.reset();
  }
  // The commit did not become durable, and may be appended again.
  void refused(Error why) {
    std::lock_guard lock(mutex_);
    is_in_flight_ = false;
    refusal_ = std::move(why);
    changed_.notify_all();
  }
  // Input before `through` has its results in commits up to `commit_end`.
  void finished(Position commit_end, Position through) {
    std::lock_guard lock(mutex_);
    is_in_flight_ = false;
    through_ = std::max({through_, through, empty_through_});
    commit_end_ = commit_end;
    changed_.notify_all();
  }
  // Nothing came out of the input between the last commit and here, nor is anything held.
  void nothing_until(Position place) {
    std::lock_guard lock(mutex_);
    empty_through_ = place;
    if (is_in_flight_ || refusal_ || failure_) return;
    through_ = std::max(through_, place);
    changed_.notify_all();
  }
  void fail(Error error) {
    std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    changed_.notify_all();
  }

  Position through() const {
    std::lock_guard lock(mutex_);
    return through_;
  }
  Position commit_end() const {
    std::lock_guard lock(mutex_);
    return commit_end_;
  }
  std::optional<Error> failure() const {
    std::lock_guard lock(mutex_);
    return failure_;
  }
  // Why the commit appended last is not durable; nothing where it is or still may become so.
  std::optional<Error> refusal() const {
    std::lock_guard lock(mutex_);
    return refusal_;
  }
  // Waits until the commit appended last is durable or refused.
  void wait_in_flight() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !is_in_flight_; });
  }
  // Waits until something changed, at most so long.
  void wait_a_little(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest);
  }
  // Behind the commits that hold the results of all input before `input`.
  Result<Position> wait_through(Position input, std::chrono::steady_clock::time_point deadline,
                                std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::move(stop), deadline,
                        [&] { return failure_ || through_ >= input; });
    if (failure_) return *failure_;
    if (through_ < input) return Error{Fault::unavailable, "not all input is processed yet"};
    return commit_end_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Position through_ = 0;
  Position commit_end_ = 0;
  Position empty_through_ = 0;
  bool is_in_flight_ = false;
  std::optional<Error> refusal_;
  std::optional<Error> failure_;
};

}  // namespace weir::process
