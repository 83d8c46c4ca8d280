#include "journal/tail.h"

#include <algorithm>
#include <utility>

namespace weir::journal {
namespace {

constexpr std::size_t found_max = 32;

std::size_t memory_of(const Entry& entry) {
  std::size_t bytes = sizeof entry + entry.topic.size() + entry.head.size();
  for (const auto& batch : entry.batches) {
    if (batch != nullptr) bytes += sizeof *batch + batch->bytes();
  }
  return bytes;
}

}  // namespace

Tail::Tail(Position end, std::size_t bytes_max)
    : bytes_max_(bytes_max), end_(end), kept_from_(end) {}

void Tail::publish(std::vector<Placed> entries, Position end) {
  std::vector<Kept> newest;
  newest.reserve(entries.size());
  for (Placed& placed : entries) {
    const std::size_t bytes = memory_of(*placed.entry);
    newest.push_back({std::move(placed), bytes});
  }
  std::deque<Kept> dropped;  // freed after the lock
  std::unique_lock lock(mutex_);
  for (Kept& kept : newest) {
    bytes_ += kept.bytes;
    kept_.push_back(std::move(kept));
  }
  while (bytes_ > bytes_max_) {
    bytes_ -= kept_.front().bytes;
    kept_from_ = kept_.front().placed.end;
    dropped.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
  end_ = end;
  lock.unlock();  // those who wake need it
  grown_.notify_all();
}

Position Tail::end() const {
  std::lock_guard lock(mutex_);
  return end_;
}

Position Tail::wait_beyond(Position position, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  grown_.wait(lock, stop, [&] { return end_ > position; });
  return end_;
}

std::optional<Position> Tail::find(Position from, const Filter& filter,
                                   std::deque<Placed>& found) const {
  std::lock_guard lock(mutex_);
  if (from >= end_) return from;
  if (from < kept_from_) return std::nullopt;
  auto at =
      std::ranges::lower_bound(kept_, from, {}, [](const Kept& kept) { return kept.placed.begin; });
  Position place = from;
  for (; at != kept_.end() && found.size() < found_max; ++at) {
    const Entry& entry = *at->placed.entry;
    if (filter.wants(entry.topic, entry.kind)) found.push_back(at->placed);
    place = at->placed.end;
  }
  return at == kept_.end() ? end_ : place;
}

}  // namespace weir::journal
