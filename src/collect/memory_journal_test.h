// A journal in memory that does what a test tells it: takes, holds back, refuses or loses groups.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"

namespace weir::collect {

class MemoryJournal final : public journal::Journal {
 public:
  enum class Mood { take, hold, refuse, lose };

  Result<void> append(std::vector<journal::Entry> entries, journal::Durable done) override {
    std::unique_lock lock(mutex_);
    if (mood_ == Mood::refuse) return Error{Fault::unavailable, "the disk is full"};
    held_.push_back({std::move(entries), std::move(done)});
    ++appended_;
    changed_.notify_all();
    if (mood_ == Mood::hold) return {};
    commit(lock);
    return {};
  }
  Result<Position> append_and_wait(std::vector<journal::Entry>) override {
    return Error{Fault::internal, "not asked for"};
  }
  // Groups of another writer.
  void append_foreign(journal::Kind kind) {
    std::lock_guard lock(mutex_);
    place({.kind = kind, .topic = "another"});
  }

  void set_mood(Mood mood) {
    std::unique_lock lock(mutex_);
    mood_ = mood;
    if (mood != Mood::hold) commit(lock);
  }
  void wait_for_appends(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return appended_ >= count; });
  }
  std::vector<journal::Placed> entries(journal::Kind kind) const {
    std::lock_guard lock(mutex_);
    std::vector<journal::Placed> found;
    std::ranges::copy_if(placed_, std::back_inserter(found),
                         [&](const journal::Placed& placed) { return placed.entry->kind == kind; });
    return found;
  }

  Position end() const override {
    std::lock_guard lock(mutex_);
    return end_;
  }
  Position wait_beyond(Position, std::stop_token) const override { return end(); }
  Position retained_from(const std::string&) const override { return 0; }
  Result<void> drop(const std::string& topic, Position before) override {
    dropped_[topic] = before;
    return {};
  }
  Position dropped_before(const std::string& topic) const override {
    const auto found = dropped_.find(topic);
    return found == dropped_.end() ? 0 : found->second;
  }
  Result<void> health() const override { return {}; }
  Instant accepted() const override { return {}; }
  std::uint64_t epoch() const override { return 1; }
  const std::string& id() const override { return id_; }
  void set_id(std::string id) { id_ = std::move(id); }
  Result<void> release(Position position) override {
    std::lock_guard lock(mutex_);
    released_ = position;
    return {};
  }
  Position released() const {
    std::lock_guard lock(mutex_);
    return released_;
  }
  Result<void> retain(const std::string& topic, Instant before, std::size_t) override {
    std::lock_guard lock(mutex_);
    retained_[topic] = before;
    return {};
  }
  // Before when each topic's entries were let go at last.
  std::map<std::string, Instant> retained() const {
    std::lock_guard lock(mutex_);
    return retained_;
  }

  std::unique_ptr<journal::Reader> read(journal::Filter filter, Position from) const override {
    std::lock_guard lock(mutex_);
    std::vector<journal::Placed> found;
    for (const journal::Placed& placed : placed_) {
      const auto dropped = dropped_.find(placed.entry->topic);
      if (dropped != dropped_.end() && placed.begin < dropped->second) continue;
      if (placed.begin >= from && std::ranges::count(filter.kinds, placed.entry->kind) > 0) {
        found.push_back(placed);
      }
    }
    return std::make_unique<MemoryReader>(std::move(found), end_);
  }

 private:
  struct Held {
    std::vector<journal::Entry> entries;
    journal::Durable done;
  };

  class MemoryReader final : public journal::Reader {
   public:
    MemoryReader(std::vector<journal::Placed> found, Position end)
        : found_(std::move(found)), end_(end) {}
    Result<std::optional<journal::Placed>> next() override {
      if (next_ == found_.size()) return std::optional<journal::Placed>();
      return std::optional(found_[next_++]);
    }
    Position place() const override { return end_; }

   private:
    std::vector<journal::Placed> found_;
    std::size_t next_ = 0;
    Position end_;
  };

  void place(journal::Entry entry) {
    const Position begin = end_;
    end_ += 100;
    placed_.push_back({begin, end_, std::make_shared<const journal::Entry>(std::move(entry))});
  }

  // What was held becomes durable at once: each is told the end of all.
  void commit(std::unique_lock<std::mutex>& lock) {
    const bool is_lost = mood_ == Mood::lose;
    std::vector<Held> held = std::exchange(held_, {});
    for (Held& group : held) {
      for (journal::Entry& entry : group.entries) {
        if (!is_lost) place(std::move(entry));
      }
    }
    const Position end = end_;
    lock.unlock();
    for (const Held& group : held) {
      group.done(is_lost ? Result<Position>(Error{Fault::unavailable, "fdatasync failed"})
                         : Result<Position>(end));
    }
    lock.lock();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Mood mood_ = Mood::take;
  int appended_ = 0;
  std::string id_ = "j1";
  std::map<std::string, Position> dropped_;
  Position released_ = 0;
  std::map<std::string, Instant> retained_;
  Position end_ = 0;
  std::vector<Held> held_;
  std::vector<journal::Placed> placed_;
};

}  // namespace weir::collect
