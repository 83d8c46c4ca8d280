#include "process/hold_point.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace weir::process {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Goes on until it is stopped, and stands where it is wanted to.
class Worker {
 public:
  explicit Worker(HoldPoint& point)
      : thread_([this, &point](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            ++rounds_;
            if (point.is_wanted()) point.stand(stop);
          }
          point.end();
        }) {}

  int rounds() const { return rounds_; }

 private:
  std::atomic<int> rounds_ = 0;
  std::jthread thread_;
};

TEST(HoldPoint, holds_again_and_again_and_nothing_is_done_meanwhile) {
  HoldPoint point;
  const Worker worker(point);
  for (int i = 0; i < 1'000; ++i) {
    point.want();
    ASSERT_TRUE(point.wait(Clock::now() + seconds(60), {}));
    const int held = worker.rounds();
    std::this_thread::yield();
    ASSERT_EQ(worker.rounds(), held);
    point.let_go();
  }
}

TEST(HoldPoint, a_stop_ends_the_stand) {
  HoldPoint point;
  {
    const Worker worker(point);
    point.want();
    ASSERT_TRUE(point.wait(Clock::now() + seconds(60), {}));
  }
  EXPECT_TRUE(point.wait(Clock::now(), {})) << "who has ended works no more";
}

TEST(HoldPoint, who_ended_before_it_was_wanted_is_held) {
  HoldPoint point;
  point.end();
  point.want();
  EXPECT_TRUE(point.wait(Clock::now(), {}));
}

TEST(HoldPoint, a_wait_ends_at_its_deadline_and_when_it_is_stopped) {
  HoldPoint point;
  point.want();
  EXPECT_FALSE(point.wait(Clock::now() + milliseconds(1), {}));
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(point.wait(Clock::now() + seconds(600), stopped.get_token()));
}

}  // namespace
}  // namespace weir::process
