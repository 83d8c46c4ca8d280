// Carries answers from whichever thread has them to the server's own, waking it once for many.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/result.h"
#include "net/descriptor.h"
#include "net/http.h"

namespace weir::net {

struct Answer {
  std::uint64_t connection;
  Response response;
};

// Held by every Reply, so it may outlive the server. One answer a connection at most waits in it.
class AnswerQueue {
 public:
  explicit AnswerQueue(Descriptor wakeup) : wakeup_(std::move(wakeup)) {}

  // Any thread. After close() the answer is dropped.
  void put(std::uint64_t connection, Response response);
  void wake() const;
  void close();

  // The server's thread. Whether nothing waits: it may then sleep until descriptor() is readable.
  bool may_sleep();
  // It is awake, and needs no waking before it takes.
  void awake() { is_asleep_.store(false, std::memory_order_relaxed); }
  // What has come, in place of what `answers` held.
  void take(std::vector<Answer>& answers);
  int descriptor() const { return wakeup_.number(); }

 private:
  const Descriptor wakeup_;  // an eventfd
  std::mutex mutex_;
  std::vector<Answer> answers_;
  std::atomic<bool> is_asleep_ = false;  // set under the mutex while nothing waits
  bool is_closed_ = false;
};

}  // namespace weir::net
