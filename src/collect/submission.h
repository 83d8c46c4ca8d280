// One request of events on its way through the collect thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "collect/outcome.h"
#include "core/batch.h"
#include "formats/event_decoder.h"
#include "journal/heads.h"

namespace weir::collect {

// What a request counts of a bound, given back when it is gone.
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

struct EventBody {
  std::string bytes;                      // as sent
  std::string encoding;                   // gzip, zstd or empty
  std::optional<formats::BodyForm> form;  // nothing: the body itself shows it
};

struct SenderKey {
  std::string token;  // its id
  std::string key;
};

// Answered once, from the collect thread or the journal's.
struct Submission {
  std::size_t source = 0;
  std::variant<EventBody, journal::WatermarkHead> work;
  std::optional<SenderKey> key;
  std::shared_ptr<const Batch> replays;  // which refused rows these are, sent again; mostly null
  std::function<void(const Outcome&)> answer;
  Share share;
};

}  // namespace weir::collect
