// What is durable of the sources: how far their watermarks came, the senders' keys, the counts.
#pragma once

#include <cstdint>
#include <map>
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
  // The group is durable, its receipts complete. Requests that waited for its keys. Groups come in
  // the order they were appended.
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
  void advance(Position end);

  mutable std::mutex mutex_;
  Progress progress_;  // all under mutex_
  // The marks of the groups that end at settled_. Another group of ours may stand before the same
  // end and be settled next, so that a snapshot may not reach there yet.
  std::map<std::string, SourceMark> settled_marks_;
  Position settled_ = 0;
  KnownKeys keys_;
  std::vector<SourceCounts> counts_;
};

}  // namespace weir::collect
