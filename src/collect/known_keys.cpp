#include "collect/known_keys.h"

#include <utility>

namespace weir::collect {
namespace {

// A record with its places in both containers.
std::size_t bytes_of(const KeyRecord& record) {
  constexpr std::size_t bookkeeping = 160;
  return bookkeeping + 2 * record.id.size() + record.receipt.errors.size() + sizeof(KeyRecord);
}

Receipt repeat_of(const KeyRecord& record) {
  Receipt receipt = record.receipt;
  receipt.is_repeat = true;
  return receipt;
}

}  // namespace

KnownKeys::Standing KnownKeys::begin(const std::string& id, std::uint64_t body_sum,
                                     Submission& submission) {
  if (const auto done = done_.find(id); done != done_.end()) {
    if (done->second->body_sum == body_sum) return Outcome(repeat_of(*done->second));
    return Outcome(Refusal{422, "IDEMPOTENCY_KEY_REUSED",
                           "this Idempotency-Key was sent with another body within 24 hours: use "
                           "a new key for new events"});
  }
  if (const auto first = under_way_.find(id); first != under_way_.end()) {
    first->second.push_back(std::move(submission));
    return Parked{};
  }
  if (bytes_ >= bytes_max_) {
    return Outcome(Refusal{429, "IDEMPOTENCY_KEYS_FULL",
                           "no further Idempotency-Key can be remembered until older ones pass 24 "
                           "hours: send larger bodies, or send without a key"});
  }
  under_way_.try_emplace(id);
  return First{};
}

std::vector<Submission> KnownKeys::finish(const std::string& id, const KeyRecord* record) {
  if (record != nullptr) remember(std::make_shared<const KeyRecord>(*record));
  auto first = under_way_.extract(id);
  ASSERT(!first.empty());
  return std::move(first.mapped());
}

void KnownKeys::remember(std::shared_ptr<const KeyRecord> record) {
  bytes_ += bytes_of(*record);
  done_.insert_or_assign(record->id, record.get());
  by_age_.push_back(std::move(record));
}

void KnownKeys::forget(Instant at) {
  while (!by_age_.empty() && by_age_.front()->accepted <= at) {
    const KeyRecord& oldest = *by_age_.front();
    bytes_ -= bytes_of(oldest);
    if (const auto done = done_.find(oldest.id); done->second == &oldest) done_.erase(done);
    by_age_.pop_front();
  }
}

}  // namespace weir::collect
