#include "collect/backlog.h"

#include <gtest/gtest.h>

#include <future>

namespace weir::collect {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::size_t bytes_max = std::size_t{1} << 20;

class BacklogTest : public testing::Test {
 protected:
  bool push(std::size_t bytes = 10) {
    Submission submission;
    submission.work = EventBody{.bytes = std::string(bytes, 'x')};
    return backlog_.push(submission);
  }

  std::future<std::size_t> take_later(Backlog::Gathering gathering) {
    return std::async(std::launch::async,
                      [=, this] { return backlog_.take(bytes_max, gathering).size(); });
  }

  Backlog backlog_{bytes_max};
};

TEST_F(BacklogTest, a_lone_request_is_taken_at_once) {
  auto taken = take_later({});
  EXPECT_TRUE(push());
  EXPECT_EQ(taken.get(), 1U);
}

TEST_F(BacklogTest, as_many_as_are_wanted_gather) {
  auto taken = take_later({.requests = 3, .within = hours{1}});
  push();
  push();
  EXPECT_EQ(taken.wait_for(milliseconds{20}), std::future_status::timeout);
  push();
  EXPECT_EQ(taken.get(), 3U);
}

TEST_F(BacklogTest, fewer_than_are_wanted_are_taken_after_the_time) {
  push();
  EXPECT_EQ(backlog_.take(bytes_max, {.requests = 3, .within = milliseconds{1}}).size(), 1U);
}

TEST_F(BacklogTest, closed_it_gives_what_waits_and_then_nothing) {
  auto taken = take_later({.requests = 3, .within = hours{1}});
  push();
  backlog_.close();
  EXPECT_EQ(taken.get(), 1U);
  EXPECT_EQ(take_later({}).get(), 0U);
  EXPECT_FALSE(push());
}

TEST_F(BacklogTest, more_than_it_may_hold_is_refused) {
  EXPECT_FALSE(push(bytes_max));
  EXPECT_TRUE(push(bytes_max / 2));
  EXPECT_FALSE(push(bytes_max / 2));
}

TEST_F(BacklogTest, what_was_taken_and_put_back_comes_first) {
  push(1);
  std::vector<Submission> taken = backlog_.take(bytes_max, {});
  push(2);
  backlog_.put_back(std::move(taken));
  taken = backlog_.take(bytes_max, {});
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(std::get<EventBody>(taken[0].work).bytes.size(), 1U);
}

}  // namespace
}  // namespace weir::collect
