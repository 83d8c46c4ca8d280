// What is durable of the sources: how far their watermarks came, the senders' keys, the counts.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "collect/collector.h"
#include "collect/known_keys.h"
#include "collect/round.h"
#include "collect/snapshot.h"
#include "core/clock.h"
#include "core/position.h"

namespace weir::collect {

// Any thread may call.
class Ledger {
 public:
  // `sources` by index, as in a Submission. `known` is what the journal said up to now.
  Ledger(const std::vector<std::string>& sources, Snapshot known);

  // As in KnownKeys.
  KnownKeys::Standing begin(const std::string& key_id, std::uint64_t body_sum,
                            Submission& submission);
  std::vector<Submission> fail(const std::string& key_id);
  // The group is durable up to `end`, its receipts complete, and no other of ours is under way.
  // Requests that waited for its keys.
  std::vector<Submission> settle(const Group& group, Position end);
  // Nothing of ours stands between what is settled and `end`.
  void pass(Position end);
  void forget_keys(Instant at);

  std::vector<SourceCounts> counts() const;
  Position through() const;
  std::size_t key_bytes() const;
  // A snapshot, and through where it reaches.
  std::pair<Position, std::string> snapshot() const;

 private:
  mutable std::mutex mutex_;
  Progress progress_;  // all under mutex_
  KnownKeys keys_;
  std::vector<SourceCounts> counts_;
};

}  // namespace weir::collect
