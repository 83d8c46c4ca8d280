#include "collect/round.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::collect {

std::optional<Refusal> Round::add(Submission& submission, std::string key_id,
                                  std::uint64_t body_sum) {
  const auto source = by_source_.try_emplace(submission.source, sources_[submission.source]).first;
  Kept& kept = kept_.emplace_back();
  kept.key = {std::move(key_id), body_sum, time_.accepted, {}};
  if (const auto* head = std::get_if<journal::WatermarkHead>(&submission.work)) {
    source->second.move_watermark(*head);
  } else {
    EventBody& body = *std::get_if<EventBody>(&submission.work);
    const std::size_t bytes_before = source->second.bytes();
    auto refusal = source->second.add(std::move(body), time_, kept.key.receipt);
    bytes_ += source->second.bytes() - bytes_before;
    if (refusal) {
      kept_.pop_back();
      return refusal;
    }
  }
  if (submission.replays != nullptr) {
    replays_.push_back({.kind = journal::Kind::replay,
                        .topic = sources_[submission.source].name,
                        .batches = {std::move(submission.replays)}});
  }
  kept.submission = std::move(submission);
  return std::nullopt;
}

Group Round::finish() {
  Group group;
  for (auto& [source, round] : by_source_) {
    std::vector<journal::Entry> entries = round.finish();
    std::ranges::move(entries, std::back_inserter(group.entries));
    group.watermarks.emplace(source, round.watermark());
  }
  std::ranges::move(replays_, std::back_inserter(group.entries));
  std::vector<KeyRecord> keys;
  for (const Kept& kept : kept_) {
    if (!kept.key.id.empty()) keys.push_back(kept.key);
  }
  if (!keys.empty()) {
    group.entries.push_back(
        {.kind = journal::Kind::idempotency, .topic = keys_topic, .head = encode_keys(keys)});
  }
  // One clock: what `_accepted` says is what the entry says.
  for (journal::Entry& entry : group.entries) entry.accepted = time_.accepted;
  group.kept = std::move(kept_);
  return group;
}

}  // namespace weir::collect
