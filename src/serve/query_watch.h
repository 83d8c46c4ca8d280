// Ends queries that run too long, so that no question holds a worker for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "engine/database.h"

namespace weir::serve {

// Owns a thread that interrupts. Any thread may start a query.
class QueryWatch {
 public:
  explicit QueryWatch(std::chrono::milliseconds query_time_max);
  ~QueryWatch();

  std::chrono::milliseconds query_time_max() const { return query_time_max_; }

 private:
  struct Running {
    engine::Connection& connection;
    std::chrono::steady_clock::time_point deadline;
    bool is_over = false;
  };

 public:
  // While it lives, a query on its connection is watched.
  class Guard {
   public:
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    // Whether the query was ended because its time was over.
    bool is_over() const;

   private:
    friend class QueryWatch;
    Guard(QueryWatch& watch, std::list<Running>::iterator running)
        : watch_(watch), running_(running) {}

    QueryWatch& watch_;
    std::list<Running>::iterator running_;
  };
  Guard start(engine::Connection& connection);

 private:
  void run(const std::stop_token& stop);

  const std::chrono::milliseconds query_time_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Running> running_;  // under mutex_; the oldest deadline first
  std::jthread thread_;
};

}  // namespace weir::serve
