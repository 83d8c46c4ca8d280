#include "net/answer_queue.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

namespace weir::net {
namespace {

// How often the queue has woken its server since it was asked last.
std::uint64_t wakeups(const AnswerQueue& queue) {
  std::uint64_t count = 0;
  return ::read(queue.descriptor(), &count, sizeof count) == sizeof count ? count : 0;
}

AnswerQueue made() { return AnswerQueue(Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))); }

TEST(AnswerQueue, many_answers_to_a_sleeping_server_wake_it_once) {
  AnswerQueue queue = made();
  EXPECT_TRUE(queue.may_sleep());
  for (std::uint64_t connection = 0; connection < 3; ++connection) queue.put(connection, {});
  EXPECT_EQ(wakeups(queue), 1);
  EXPECT_FALSE(queue.may_sleep());
  std::vector<Answer> answers;
  queue.take(answers);
  EXPECT_EQ(answers.size(), 3);
  EXPECT_EQ(answers.back().connection, 2);
  EXPECT_TRUE(queue.may_sleep());
}

TEST(AnswerQueue, a_server_that_is_awake_is_not_woken) {
  AnswerQueue queue = made();
  EXPECT_TRUE(queue.may_sleep());
  queue.awake();
  queue.put(1, {});
  EXPECT_EQ(wakeups(queue), 0);
  EXPECT_FALSE(queue.may_sleep());
}

TEST(AnswerQueue, a_closed_one_drops_what_is_put) {
  AnswerQueue queue = made();
  queue.put(1, {});
  queue.close();
  queue.put(2, {});
  std::vector<Answer> answers;
  queue.take(answers);
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace weir::net
