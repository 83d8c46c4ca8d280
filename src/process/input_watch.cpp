#include "process/input_watch.h"

#include <utility>

namespace weir::process {

InputWatch::InputWatch(const journal::Journal& journal)
    : journal_(journal), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void InputWatch::wait_beyond(Position position, std::chrono::milliseconds longest,
                             std::stop_token stop) {
  std::unique_lock lock(mutex_);
  wanted_ = position;
  changed_.notify_all();
  changed_.wait_for(lock, std::move(stop), longest, [&] { return woken_; });
  woken_ = false;
}

void InputWatch::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void InputWatch::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Position position = 0;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return wanted_.has_value(); })) return;
      position = *std::exchange(wanted_, std::nullopt);
    }
    if (journal_.wait_beyond(position, stop) > position) wake();
  }
}

}  // namespace weir::process
