#include "net/answer_queue.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace weir::net {

void AnswerQueue::put(std::uint64_t connection, Response response) {
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    answers_.push_back({connection, std::move(response)});
    must_wake = is_asleep_.exchange(false, std::memory_order_relaxed);
  }
  if (must_wake) wake();
}

void AnswerQueue::wake() const {
  const std::uint64_t one = 1;
  // Full is awake enough.
  ASSERT(::write(wakeup_.number(), &one, sizeof one) == sizeof one || errno == EAGAIN);
}

void AnswerQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  answers_.clear();
}

bool AnswerQueue::may_sleep() {
  const std::lock_guard lock(mutex_);
  const bool is_empty = answers_.empty();
  is_asleep_.store(is_empty, std::memory_order_relaxed);
  return is_empty;
}

void AnswerQueue::take(std::vector<Answer>& answers) {
  answers.clear();
  const std::lock_guard lock(mutex_);
  answers_.swap(answers);
}

}  // namespace weir::net
