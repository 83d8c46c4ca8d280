// Ends queries that run too long or take too much, so that no question holds a worker for ever, and
// tells of those that do not end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "bounds/statement_bounds.h"
#include "engine/database.h"

namespace weir::serve {

// What one query may have: all that the queries share, and as much for the texts and lists it
// makes.
constexpr std::size_t statement_bytes_max = 2 * engine::memory_bytes_default;

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
    std::function<void()> give_up;  // empty: it was called
    bool is_over = false;
  };

 public:
  // While it lives, a query on its connection, which its thread runs, is watched.
  class Guard {
   public:
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    // Whether the query was ended because its time was over.
    bool is_over() const;
    // Whether it was ended because it alone took too much memory, or all that ran together did.
    bool took_too_much() const;
    bool found_memory_short() const;

   private:
    friend class QueryWatch;
    Guard(QueryWatch& watch, std::list<Running>::iterator running)
        : bounds_(statement_bytes_max, running->deadline), watch_(watch), running_(running) {}

    bounds::StatementBounds bounds_;
    QueryWatch& watch_;
    std::list<Running>::iterator running_;
  };
  // `give_up` is called, on another thread, where the query goes on for long though its time is
  // over.
  Guard start(engine::Connection& connection, std::function<void()> give_up);

 private:
  void run(const std::stop_token& stop);

  const std::chrono::milliseconds query_time_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Running> running_;  // under mutex_; the oldest deadline first
  std::jthread thread_;
};

}  // namespace weir::serve
