#include "dataflow/crew.h"

#include <utility>

namespace weir::dataflow {

Crew::Crew(std::size_t size) {
  for (std::size_t index = 1; index < size; ++index) {
    threads_.emplace_back([this, index](const std::stop_token& stop) { work(index, stop); });
  }
}

void Crew::run(const std::function<void(std::size_t)>& task) {
  if (threads_.empty()) return task(0);
  {
    std::lock_guard lock(mutex_);
    task_ = &task;
    working_ = threads_.size();
    ++round_;
    changed_.notify_all();
  }
  task(0);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return working_ == 0; });
}

void Crew::work(std::size_t index, const std::stop_token& stop) {
  std::size_t done = 0;
  while (true) {
    const std::function<void(std::size_t)>* task = nullptr;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return round_ != done; })) return;
      done = round_;
      task = task_;
    }
    (*task)(index);
    std::lock_guard lock(mutex_);
    --working_;
    changed_.notify_all();
  }
}

}  // namespace weir::dataflow
