// Remembers since when the workspace of now is served, and why a newer one was not taken up or a
// drop not done.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "core/clock.h"

namespace weir::operate {

// Any thread.
class ReloadRecord {
 public:
  // Another is to be taken up; `drops`: once a drop that was begun is done.
  void begin(bool drops) {
    std::lock_guard lock(mutex_);
    drops_ = drops;
  }
  // In place of a newer one that was refused so, if that is not empty.
  void take_up(Instant now, std::string refusal) {
    std::lock_guard lock(mutex_);
    since_ = now;
    note(std::move(refusal));
  }
  void refuse(std::string why) {
    std::lock_guard lock(mutex_);
    note(std::move(why));
  }
  // A drop is begun: what became of one before says nothing of it.
  void begin_drop() {
    std::lock_guard lock(mutex_);
    drop_failure_.clear();
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
  // Why the drop that was begun is not done; empty: as far as is known it will be.
  std::string drop_failure() const {
    std::lock_guard lock(mutex_);
    return drop_failure_;
  }

 private:
  void note(std::string refusal) {
    if (drops_) drop_failure_ = refusal;
    refusal_ = std::move(refusal);
  }

  mutable std::mutex mutex_;
  Instant since_;
  bool drops_ = false;
  std::string refusal_;
  std::string drop_failure_;
};

}  // namespace weir::operate
