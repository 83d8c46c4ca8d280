// Runs the same task once for each of a few indexes, on threads that wait in between.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace weir::dataflow {

class Crew {
 public:
  // The calling thread is one of `size`, so one less is started.
  explicit Crew(std::size_t size);

  // task(0) ... task(size - 1), each on a thread of its own; returns when all are done.
  void run(const std::function<void(std::size_t)>& task);

 private:
  void work(std::size_t index, const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  const std::function<void(std::size_t)>* task_ = nullptr;
  std::size_t round_ = 0;
  std::size_t working_ = 0;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace weir::dataflow
