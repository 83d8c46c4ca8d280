// Requests that wait for the collect thread. What it may hold is bounded in bytes, from the push
// until the request is answered: a full journal fills it, and then senders are told to wait.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "collect/submission.h"

namespace weir::collect {

// Any thread may push; one takes. Outlives what was pushed.
class Backlog {
 public:
  // How long it is worth waiting for how many requests, before fewer are taken.
  struct Gathering {
    std::size_t requests = 1;
    std::chrono::nanoseconds within{0};
  };

  explicit Backlog(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // False: full or closed, and `submission` is as it was.
  bool push(Submission& submission);
  // Requests taken before, which come first again. Even when full or closed.
  void put_back(std::vector<Submission> submissions);
  // Waits as told, and then for a request; then those that wait, of `bytes_max` and the one that
  // goes beyond it. Nothing: closed, and none waits.
  std::vector<Submission> take(std::size_t bytes_max, Gathering gathering);
  void close();

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Submission> waiting_;  // under mutex_
  std::size_t wanted_ = 1;          // requests the taker sleeps for; under mutex_
  bool closed_ = false;             // under mutex_
};

}  // namespace weir::collect
