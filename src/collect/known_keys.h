// Makes a repeat of a request with an Idempotency-Key answer what the first one was answered.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "collect/key_record.h"
#include "collect/submission.h"
#include "core/clock.h"

namespace weir::collect {

// Not for several threads at once: its owner locks.
class KnownKeys {
 public:
  explicit KnownKeys(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  struct First {};   // no one came before: do it, then call finish
  struct Parked {};  // the first is still under way: `submission` comes back from its finish
  using Standing = std::variant<First, Parked, Outcome>;  // Outcome: answer that
  Standing begin(const std::string& id, std::uint64_t body_sum, Submission& submission);

  // The first is durable, or failed (no record), which is not remembered. Those that waited.
  std::vector<Submission> finish(const std::string& id, const KeyRecord* record);

  void remember(std::shared_ptr<const KeyRecord> record);
  // Those accepted at or before `at`.
  void forget(Instant at);
  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return by_age_.size(); }
  const KeyRecords& records() const { return by_age_; }  // oldest first

 private:
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  KeyRecords by_age_;
  std::unordered_map<std::string, const KeyRecord*> done_;  // into by_age_
  std::unordered_map<std::string, std::vector<Submission>> under_way_;
};

}  // namespace weir::collect
