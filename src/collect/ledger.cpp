#include "collect/ledger.h"

#include <algorithm>
#include <utility>

namespace weir::collect {
namespace {

// About a million keys.
constexpr std::size_t key_bytes_max = std::size_t{512} << 20;

}  // namespace

Ledger::Ledger(const std::vector<std::string>& sources, Snapshot known)
    : progress_(std::move(known.progress)), keys_(key_bytes_max) {
  for (auto& record : known.keys) keys_.remember(std::move(record));
  for (const std::string& source : sources) {
    counts_.push_back({.source = source, .watermark = progress_.marks[source].watermark});
  }
}

KnownKeys::Standing Ledger::begin(const std::string& key_id, std::uint64_t body_sum,
                                  Submission& submission) {
  std::lock_guard lock(mutex_);
  return keys_.begin(key_id, body_sum, submission);
}

std::vector<Submission> Ledger::fail(const std::string& key_id) {
  std::lock_guard lock(mutex_);
  return keys_.finish(key_id, nullptr);
}

std::vector<Submission> Ledger::settle(const Group& group, Position end) {
  std::lock_guard lock(mutex_);
  progress_.through = std::max(progress_.through, end);
  std::vector<Submission> waited;
  for (const Kept& kept : group.kept) {
    const Ingested& counts = kept.key.receipt.counts;
    SourceCounts& total = counts_[kept.submission.source];
    total.rows_in += counts.accepted + counts.quarantined;
    total.accepted += counts.accepted;
    total.quarantined += counts.quarantined;
    total.late += counts.late;
    if (kept.key.id.empty()) continue;
    std::vector<Submission> parked = keys_.finish(kept.key.id, &kept.key);
    std::ranges::move(parked, std::back_inserter(waited));
  }
  for (const auto& [source, watermark] : group.watermarks) {
    counts_[source].watermark = watermark.value();
    progress_.marks[counts_[source].source] = {watermark.value(), watermark.newest()};
  }
  return waited;
}

void Ledger::pass(Position end) {
  std::lock_guard lock(mutex_);
  progress_.through = std::max(progress_.through, end);
}

void Ledger::forget_keys(Instant at) {
  std::lock_guard lock(mutex_);
  keys_.forget(at);
}

std::vector<SourceCounts> Ledger::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

Position Ledger::through() const {
  std::lock_guard lock(mutex_);
  return progress_.through;
}

std::size_t Ledger::key_bytes() const {
  std::lock_guard lock(mutex_);
  return keys_.bytes();
}

std::pair<Position, std::string> Ledger::snapshot() const {
  Progress progress;
  KeyRecords keys;
  {
    std::lock_guard lock(mutex_);
    progress = progress_;
    keys = keys_.records();
  }
  return {progress.through, encode(progress, keys)};
}

}  // namespace weir::collect
