// Wakes a stream's thread when there is input, when someone asks for it, or when time is up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "journal/journal.h"

namespace weir::process {

// The journal waits for input alone, so a thread of this waits there.
class InputWatch {
 public:
  explicit InputWatch(const journal::Journal& journal);

  // Returns when the journal reaches beyond `position`, after wake(), when stopped, or after
  // `longest`.
  void wait_beyond(Position position, std::chrono::milliseconds longest, std::stop_token stop);
  // Any thread. The wait under way returns, or else the next one.
  void wake();

 private:
  void watch(const std::stop_token& stop);

  const journal::Journal& journal_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Position> wanted_;
  bool woken_ = false;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace weir::process
