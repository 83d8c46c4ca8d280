// Hands work from one stage's thread to the next and makes a fast stage wait for a slow one.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/result.h"

namespace weir {

// Holds at most `items_max`. Any number of threads may push and pop.
template <class T>
class Queue {
 public:
  explicit Queue(std::size_t items_max) : items_max_(items_max) { ASSERT(items_max > 0); }

  // Waits while full. False: closed or stopped, and the item was not taken.
  bool push(T item, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || items_.size() < items_max_; });
    if (closed_ || items_.size() >= items_max_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }

  // False: full or closed, and the item was not taken.
  bool try_push(T item) {
    std::lock_guard lock(mutex_);
    if (closed_ || items_.size() >= items_max_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }

  // Waits for an item. Nothing: closed and drained, or stopped.
  std::optional<T> pop(std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  // The first item that `is_wanted` says so of, at once. Nothing: there is none.
  template <class IsWanted>
  std::optional<T> take_first(IsWanted is_wanted) {
    std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(items_, is_wanted);
    if (found == items_.end()) return std::nullopt;
    T item = std::move(*found);
    items_.erase(found);
    changed_.notify_all();
    return item;
  }

  // No more will come; what is queued is still handed out.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t items_max_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace weir
