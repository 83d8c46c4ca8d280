// Ends a statement that takes too much memory or time inside one function. DuckDB looks at an
// interrupt only between chunks of rows and does not count the texts and lists that a function
// makes, so that it is its allocations that are counted and, beyond the bounds, refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::bounds {

// While it lives, those of the statement that the thread runs; one at a time. DuckDB must run it
// on that thread alone. A refused allocation fails the statement as out of memory.
class StatementBounds {
 public:
  StatementBounds(std::size_t bytes_max, std::chrono::steady_clock::time_point deadline);
  ~StatementBounds();
  StatementBounds(const StatementBounds&) = delete;
  StatementBounds& operator=(const StatementBounds&) = delete;

  // Whether it was ended because of them.
  bool exceeded_memory() const { return exceeded_memory_; }
  bool exceeded_time() const { return exceeded_time_; }
  // Whether it found no more of the memory that the database's statements share.
  bool ran_out_of_memory() const { return ran_out_of_memory_; }

  // Whether the thread runs a statement.
  static bool is_counting() { return current != nullptr; }
  // What its allocations take, less what is freed. Nothing without a statement.
  static void count(std::int64_t bytes);
  // Whether an allocation of so many bytes more is to fail. Small ones never do: what must not
  // fail, such as giving back what a failed statement holds, needs no more.
  static bool refuses(std::size_t bytes);

  // Told of the thread's statement, where there is one.
  static void note_out_of_memory();

  // While it lives, the thread's large allocations may be refused: DuckDB's own are, which handles
  // it, and ours are not.
  class Enforced {
   public:
    Enforced() : Enforced(true) {}
    ~Enforced() { enforced = was_enforced_; }
    Enforced(const Enforced&) = delete;
    Enforced& operator=(const Enforced&) = delete;

   protected:
    explicit Enforced(bool now) : was_enforced_(enforced) { enforced = now; }

   private:
    const bool was_enforced_;
  };
  // For what DuckDB calls of ours.
  class Suspended : Enforced {
   public:
    Suspended() : Enforced(false) {}
  };

 private:
  static constinit thread_local StatementBounds* current;
  static constinit thread_local bool enforced;

  const std::int64_t bytes_max_;
  const std::chrono::steady_clock::time_point deadline_;
  std::int64_t bytes_ = 0;
  bool exceeded_memory_ = false;
  bool exceeded_time_ = false;
  bool ran_out_of_memory_ = false;
};

}  // namespace weir::bounds
