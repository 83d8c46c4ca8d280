#include "bounds/query_watch.h"

#include <algorithm>
#include <utility>

namespace weir::bounds {
namespace {

// An interrupt between a query's planning and its start is lost, so it is repeated.
constexpr std::chrono::milliseconds repeat_every{20};
// A query that is interrupted ends sooner, but for what one function does.
constexpr std::chrono::milliseconds grace{1'000};

}  // namespace

QueryWatch::QueryWatch(std::chrono::milliseconds query_time_max, std::size_t query_bytes_max)
    : query_time_max_(query_time_max),
      query_bytes_max_(query_bytes_max),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

QueryWatch::~QueryWatch() = default;

std::unique_ptr<QueryWatch::Guard> QueryWatch::start(TimeLeft& left,
                                                     std::function<void()> interrupt,
                                                     std::function<void()> give_up) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return nullptr;
  const auto deadline = std::chrono::steady_clock::now() + left;
  const auto later = std::ranges::upper_bound(running_, deadline, {}, &Running::deadline);
  const auto added = running_.insert(later, {std::move(interrupt), deadline, std::move(give_up)});
  if (added == running_.begin()) changed_.notify_one();
  return std::unique_ptr<Guard>(new Guard(*this, left, added));
}

bool QueryWatch::await_running() const {
  const auto deadline_max = std::chrono::steady_clock::now() + query_time_max_;
  const auto have_ended = [&] {
    return std::ranges::none_of(
        running_, [&](const Running& query) { return query.deadline <= deadline_max; });
  };
  std::unique_lock lock(mutex_);
  return ended_.wait_until(lock, deadline_max + grace, have_ended);
}

QueryWatch::Announced QueryWatch::announce() {
  const std::lock_guard lock(mutex_);
  ++announced_;
  return Announced(*this);
}

QueryWatch::Announced::~Announced() {
  if (watch_ == nullptr) return;
  const std::lock_guard lock(watch_->mutex_);
  --watch_->announced_;
  watch_->ended_.notify_all();
}

bool QueryWatch::close() {
  const auto is_quiet = [this] { return running_.empty() && announced_ == 0; };
  std::unique_lock lock(mutex_);
  is_closed_ = ended_.wait_for(lock, query_time_max_ + grace, is_quiet);
  return is_closed_;
}

void QueryWatch::reopen() {
  const std::lock_guard lock(mutex_);
  is_closed_ = false;
}

QueryWatch::Guard::~Guard() {
  const std::lock_guard lock(watch_.mutex_);
  left_ = std::max(TimeLeft(0), running_->deadline - std::chrono::steady_clock::now());
  watch_.running_.erase(running_);
  watch_.ended_.notify_all();
}

bool QueryWatch::Guard::is_over() const {
  const std::lock_guard lock(watch_.mutex_);
  return running_->is_over || bounds_.exceeded_time();
}

bool QueryWatch::Guard::took_too_much() const {
  const std::lock_guard lock(watch_.mutex_);
  // What is short while nothing else runs is so because of this one.
  return bounds_.exceeded_memory() || (bounds_.ran_out_of_memory() && watch_.running_.size() == 1);
}

bool QueryWatch::Guard::found_memory_short() const { return bounds_.ran_out_of_memory(); }

void QueryWatch::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (running_.empty()) {
      changed_.wait(lock, stop, [&] { return !running_.empty(); });
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    auto wake = now + query_time_max_;
    for (Running& query : running_) {
      if (query.deadline > now) {
        wake = std::min(wake, query.deadline);
        break;
      }
      query.is_over = true;
      query.interrupt();
      if (now >= query.deadline + grace && query.give_up) {
        std::exchange(query.give_up, nullptr)();
      }
      wake = now + repeat_every;
    }
    const auto first = running_.front().deadline;
    const auto is_earlier = [&] { return !running_.empty() && running_.front().deadline < first; };
    changed_.wait_until(lock, stop, wake, is_earlier);
  }
}

}  // namespace weir::bounds
