// A journal in memory that keeps the promises of journal/journal.h, and can be made to fail.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
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
      std::unique_lock lock(mutex_);
      const bool is_commit = entries.front().kind == journal::Kind::commit;
      if (is_commit && fails_with_ && commits_until_failure_-- == 0) failure_ = fails_with_;
      if (failure_) return *failure_;
      if (is_commit && full_for_ > 0) {
        --full_for_;
        return Error{Fault::unavailable, "too much waits"};
      }
      if (is_commit && has_no_room_) {
        lock.unlock();
        done(Error{Fault::unavailable, "the disk is full"});
        return {};
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
  Position retained_from(const std::string&) const override {
    std::lock_guard lock(mutex_);
    return oldest_;
  }
  Result<void> health() const override {
    std::lock_guard lock(mutex_);
    if (failure_) return *failure_;
    if (has_no_room_) return Error{Fault::unavailable, "the disk is full"};
    return {};
  }
  Instant accepted() const override { return {}; }
  std::uint64_t epoch() const override { return 1; }
  const std::string& id() const override { return id_; }
  Result<void> release(Position) override { return {}; }
  Result<void> drop(const std::string&, Position) override { return {}; }
  Position dropped_before(const std::string&) const override { return 0; }
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
  // Commits are taken, and refused when they are written.
  void have_no_room(bool no_room) {
    std::lock_guard lock(mutex_);
    has_no_room_ = no_room;
  }
  // Nothing is taken after a commit was refused: the next one, or one behind so many others.
  void fail_at_next_commit(std::string why, int others = 0) {
    std::lock_guard lock(mutex_);
    fails_with_ = Error{Fault::unavailable, std::move(why)};
    commits_until_failure_ = others;
  }
  // Events from there on cannot be read for now; no_bound: all can.
  static constexpr Position no_bound = ~Position{0};
  void be_unreadable_from(Position position) {
    std::lock_guard lock(mutex_);
    unreadable_from_ = position;
  }
  // By every reader, before each entry of events that it gives.
  void call_at_each_event(std::function<void()> call) { at_each_event_ = std::move(call); }
  // What is before it is not kept any more.
  void forget_before(Position oldest) {
    std::lock_guard lock(mutex_);
    oldest_ = oldest;
  }
  // As if it were opened anew.
  void recover() {
    std::lock_guard lock(mutex_);
    failure_.reset();
    fails_with_.reset();
  }

 private:
  class MemoryReader final : public journal::Reader {
   public:
    MemoryReader(const MemoryJournal& journal, journal::Filter filter, Position from)
        : journal_(journal),
          filter_(std::move(filter)),
          next_((std::max(from, journal.retained_from("")) + entry_bytes - 1) / entry_bytes) {}

    Result<std::optional<journal::Placed>> next() override {
      TRY(std::optional<journal::Placed> placed, find());
      const bool is_event = placed && placed->entry->kind == journal::Kind::events;
      if (is_event && journal_.at_each_event_) journal_.at_each_event_();
      return placed;
    }
    Position place() const override { return end_of(next_); }

   private:
    Result<std::optional<journal::Placed>> find() {
      std::lock_guard lock(journal_.mutex_);
      for (; next_ < journal_.entries_.size(); ++next_) {
        const auto& entry = journal_.entries_[next_];
        if (!filter_.topics.empty() && !std::ranges::count(filter_.topics, entry->topic)) continue;
        if (!filter_.kinds.empty() && !std::ranges::count(filter_.kinds, entry->kind)) continue;
        if (entry->kind == journal::Kind::events && end_of(next_) >= journal_.unreadable_from_) {
          return Error{Fault::unavailable, "too many open files"};
        }
        ++next_;
        return std::optional(journal::Placed{end_of(next_ - 1), end_of(next_), entry});
      }
      return std::optional<journal::Placed>();
    }

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
  int commits_until_failure_ = 0;
  int full_for_ = 0;
  bool has_no_room_ = false;
  Position oldest_ = 0;
  Position unreadable_from_ = no_bound;
  std::function<void()> at_each_event_;
  Instant accepted_;
  std::string id_ = "memory";
};

}  // namespace weir::process
