// What a request counts of a bound that all of them have in common.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace weir::net {

// Counted while it lives. Any thread may let go of it; `used` must still be there.
class Share {
 public:
  Share() = default;
  Share(std::atomic<std::size_t>& used, std::size_t bytes) : used_(&used), bytes_(bytes) {
    used += bytes;
  }
  Share(Share&& other) noexcept
      : used_(std::exchange(other.used_, nullptr)), bytes_(other.bytes_) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(used_, other.used_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Share() {
    if (used_ != nullptr) *used_ -= bytes_;
  }

 private:
  std::atomic<std::size_t>* used_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace weir::net
