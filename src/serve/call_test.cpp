#include "serve/call.h"

#include <gtest/gtest.h>

#include <future>

namespace weir::serve {
namespace {

using namespace std::chrono_literals;
using bounds::QueryWatch;
using bounds::TimeLeft;

constexpr std::size_t bytes_max = std::size_t{1} << 30;

TEST(CallTime, what_one_query_took_the_next_of_its_request_has_no_more) {
  QueryWatch watch(1h, bytes_max);
  TimeLeft left = 1h;
  const auto before = std::chrono::steady_clock::now();
  watch.start(left, [] {}, [] {}).reset();
  const TimeLeft after_one = left;
  watch.start(left, [] {}, [] {}).reset();
  EXPECT_LT(after_one, 1h);
  EXPECT_LT(left, after_one);
  EXPECT_GE(left, 1h - (std::chrono::steady_clock::now() - before));
}

TEST(CallTime, a_query_without_time_left_is_interrupted_also_behind_one_that_has_some) {
  QueryWatch watch(1h, bytes_max);
  TimeLeft much = 1h;
  std::promise<void> interrupted;
  std::future<void> future = interrupted.get_future();
  // Each has a thread of its own, as their allocations are counted by thread.
  std::promise<void> started;
  const std::jthread other([&] {
    const auto long_one = watch.start(much, [] {}, [] {});
    started.set_value();
    future.wait_for(60s);
  });
  started.get_future().wait();
  TimeLeft none{0};
  std::once_flag once;
  const auto guard =
      watch.start(none, [&] { std::call_once(once, [&] { interrupted.set_value(); }); }, [] {});
  EXPECT_EQ(future.wait_for(60s), std::future_status::ready);
  EXPECT_TRUE(guard->is_over());
}

}  // namespace
}  // namespace weir::serve
