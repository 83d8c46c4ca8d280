// Carries answers from whichever thread has them to the server's own, waking it once for many.
#pragma once

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
  // After waking: what has come, in place of what `answers` held.
  void take(std::vector<Answer>& answers);
  int descriptor() const { return wakeup_.number(); }

 private:
  const Descriptor wakeup_;  // an eventfd
  std::mutex mutex_;
  std::vector<Answer> answers_;
  bool is_asleep_ = false;
  bool is_closed_ = false;
};

}  // namespace weir::net
