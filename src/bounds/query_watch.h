// Ends queries that run too long or take too much, so that no question holds a worker for ever, and
// tells of those that do not end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "bounds/statement_bounds.h"

namespace weir::bounds {

// What the queries of one request may still take together; never below zero.
using TimeLeft = std::chrono::steady_clock::duration;

// Owns a thread that interrupts. Any thread may start a query.
class QueryWatch {
 public:
  QueryWatch(std::chrono::milliseconds query_time_max, std::size_t query_bytes_max);
  ~QueryWatch();

  std::chrono::milliseconds query_time_max() const { return query_time_max_; }
  std::size_t query_bytes_max() const { return query_bytes_max_; }

 private:
  struct Running {
    std::function<void()> interrupt;
    std::chrono::steady_clock::time_point deadline;
    std::function<void()> give_up;  // empty: it was called
    bool is_over = false;
  };

 public:
  // While it lives, the query that its thread runs is watched.
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
    Guard(QueryWatch& watch, TimeLeft& left, std::list<Running>::iterator running)
        : bounds_(watch.query_bytes_max_, running->deadline),
          watch_(watch),
          left_(left),
          running_(running) {}

    StatementBounds bounds_;
    QueryWatch& watch_;
    TimeLeft& left_;
    std::list<Running>::iterator running_;
  };
  // On another thread, `interrupt` is called when the time left is over, again and again, and
  // `give_up` once where it goes on for long nevertheless. What the query took is taken from `left`
  // at its end. Null: closed, and it must not begin.
  std::unique_ptr<Guard> start(TimeLeft& left, std::function<void()> interrupt,
                               std::function<void()> give_up);
  // Says that its holder is about to start a query, or has one: close() lets it.
  class Announced {
   public:
    Announced() = default;
    Announced(Announced&& other) noexcept : watch_(std::exchange(other.watch_, nullptr)) {}
    Announced& operator=(Announced&& other) noexcept {
      std::swap(watch_, other.watch_);
      return *this;
    }
    ~Announced();

   private:
    friend class QueryWatch;
    explicit Announced(QueryWatch& watch) : watch_(&watch) {}

    QueryWatch* watch_ = nullptr;
  };
  Announced announce();
  // Waits for the queries that run now, until the last of them should have ended. Whether all have.
  bool await_running() const;
  // Lets no query begin any more, from a moment on at which none runs and none is announced. False:
  // there was none for as long as a query may take, and they begin as before.
  bool close();
  void reopen();

 private:
  void run(const std::stop_token& stop);

  const std::chrono::milliseconds query_time_max_;
  const std::size_t query_bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  mutable std::condition_variable ended_;
  std::list<Running> running_;  // under mutex_; the first deadline first
  std::size_t announced_ = 0;   // under mutex_
  bool is_closed_ = false;      // under mutex_
  std::jthread thread_;
};

}  // namespace weir::bounds
