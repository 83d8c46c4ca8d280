// How far a stream's results are durable, as its thread, the journal's thread and those who wait
// all see it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/position.h"
#include "core/result.h"

namespace weir::process {

// Commits become durable in the order they were appended. Any thread may call.
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
    ++in_flight_;
  }
  // The commit before was not taken by the journal.
  void refused() {
    std::lock_guard lock(mutex_);
    --in_flight_;
  }
  void finished(Result<Position> commit_end, Position through) {
    std::lock_guard lock(mutex_);
    --in_flight_;
    if (!commit_end.ok()) {
      if (!failure_) failure_ = std::move(commit_end).error();
    } else if (!failure_) {
      through_ = std::max(through_, through);
      commit_end_ = commit_end.value();
      if (in_flight_ == 0) through_ = std::max(through_, empty_through_);
    }
    changed_.notify_all();
  }
  // Nothing came out of the input between the last commit and here, nor is anything held.
  void nothing_until(Position place) {
    std::lock_guard lock(mutex_);
    empty_through_ = place;
    if (in_flight_ > 0 || failure_) return;
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
  // Waits while more than `in_flight_max` commits are not durable. A failure ends it.
  Result<void> wait_in_flight(std::size_t in_flight_max) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || in_flight_ <= in_flight_max; });
    if (failure_) return *failure_;
    return {};
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
  std::size_t in_flight_ = 0;
  std::optional<Error> failure_;
};

}  // namespace weir::process
