// Remembers since when the workspace of now is served, and why a newer one was not taken up.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "core/clock.h"

namespace weir::operate {

// Any thread.
class ReloadRecord {
 public:
  // In place of a newer one that was refused so, if that is not empty.
  void take_up(Instant now, std::string refusal) {
    std::lock_guard lock(mutex_);
    since_ = now;
    refusal_ = std::move(refusal);
  }
  void refuse(std::string why) {
    std::lock_guard lock(mutex_);
    refusal_ = std::move(why);
  }
  Instant since() const {
    std::lock_guard lock(mutex_);
    return since_;
  }
  // Empty: the files are those that are served, as far as is known.
  std::string refusal() const {
    std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  mutable std::mutex mutex_;
  Instant since_;
  std::string refusal_;
};

}  // namespace weir::operate
