// A journal in memory that keeps the promises of journal/journal.h, and can be made to fail.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"

namespace weir::process {

class MemoryJournal final : public journal::Journal {
 public:
  // Each entry takes so much.
  static constexpr Position entry_bytes = 10;

  Result<void> append(std::vector<journal::Entry> entries, journal::Durable done) override {
    Position end = 0;
    {
      std::lock_guard lock(mutex_);
      const bool is_commit = entries.front().kind == journal::Kind::commit;
      if (is_commit && fails_with_) failure_ = fails_with_;
      if (failure_) return *failure_;
      if (is_commit && full_for_ > 0) {
        --full_for_;
        return Error{Fault::unavailable, "too much waits"};
      }
      for (journal::Entry& entry : entries) {
        entry.accepted = accepted_;
        entries_.push_back(std::make_shared<const journal::Entry>(std::move(entry)));
      }
      end = end_of(entries_.size());
      changed_.notify_all();
    }
    if (done) done(end);
    return {};
  }
  Result<Position> append_and_wait(std::vector<journal::Entry> entries) override {
    OK_OR_RETURN(append(std::move(entries), {}));
    return end();
  }
  Position end() const override {
    std::lock_guard lock(mutex_);
    return end_of(entries_.size());
  }
  Position wait_beyond(Position position, std::stop_token stop) const override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, std::move(stop), [&] { return end_of(entries_.size()) > position; });
    return end_of(entries_.size());
  }
  std::unique_ptr<journal::Reader> read(journal::Filter filter, Position from) const override {
    return std::make_unique<MemoryReader>(*this, std::move(filter), from);
  }
  Position oldest() const override { return 0; }
  Result<void> health() const override {
    std::lock_guard lock(mutex_);
    if (failure_) return *failure_;
    return {};
  }
  Instant accepted() const override { return {}; }
  std::uint64_t epoch() const override { return 1; }
  const std::string& id() const override { return id_; }
  Result<void> release(Position) override { return {}; }
  Result<void> retain(const std::string&, Instant, std::size_t) override { return {}; }

  // The time of acceptance of what is appended from now on.
  void accept_at(Instant instant) {
    std::lock_guard lock(mutex_);
    accepted_ = instant;
  }
  // So many commits are refused before one is taken.
  void be_full_for(int commits) {
    std::lock_guard lock(mutex_);
    full_for_ = commits;
  }
  // Nothing is taken after the next commit was refused.
  void fail_at_next_commit(std::string why) {
    std::lock_guard lock(mutex_);
    fails_with_ = Error{Fault::unavailable, std::move(why)};
  }

 private:
  class MemoryReader final : public journal::Reader {
   public:
    MemoryReader(const MemoryJournal& journal, journal::Filter filter, Position from)
        : journal_(journal),
          filter_(std::move(filter)),
          next_((from + entry_bytes - 1) / entry_bytes) {}

    Result<std::optional<journal::Placed>> next() override {
      std::lock_guard lock(journal_.mutex_);
      for (; next_ < journal_.entries_.size(); ++next_) {
        const auto& entry = journal_.entries_[next_];
        if (!filter_.topics.empty() && !std::ranges::count(filter_.topics, entry->topic)) continue;
        if (!filter_.kinds.empty() && !std::ranges::count(filter_.kinds, entry->kind)) continue;
        ++next_;
        return std::optional(journal::Placed{end_of(next_ - 1), end_of(next_), entry});
      }
      return std::optional<journal::Placed>();
    }
    Position place() const override { return end_of(next_); }

   private:
    const MemoryJournal& journal_;
    journal::Filter filter_;
    std::size_t next_;
  };

  static Position end_of(std::size_t entries) { return entries * entry_bytes; }

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<std::shared_ptr<const journal::Entry>> entries_;
  std::optional<Error> failure_;
  std::optional<Error> fails_with_;
  int full_for_ = 0;
  Instant accepted_;
  std::string id_ = "memory";
};

}  // namespace weir::process
