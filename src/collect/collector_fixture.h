// A collector over a journal in memory, for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "collect/collector.h"

namespace weir::collect {

// Takes, holds back, refuses or loses groups as it is told.
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
  Position oldest() const override { return 0; }
  Result<void> health() const override { return {}; }
  std::uint64_t epoch() const override { return 1; }
  const std::string& id() const override { return id_; }
  void set_id(std::string id) { id_ = std::move(id); }
  Result<void> release(Position) override { return {}; }
  Result<void> retain(const std::string&, Instant, std::size_t) override { return {}; }

  std::unique_ptr<journal::Reader> read(journal::Filter filter, Position from) const override {
    std::lock_guard lock(mutex_);
    std::vector<journal::Placed> found;
    for (const journal::Placed& placed : placed_) {
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

  void commit(std::unique_lock<std::mutex>& lock) {
    for (Held& held : std::exchange(held_, {})) {
      const bool is_lost = mood_ == Mood::lose;
      for (journal::Entry& entry : held.entries) {
        if (!is_lost) place(std::move(entry));
      }
      const Position end = end_;
      lock.unlock();
      held.done(is_lost ? Result<Position>(Error{Fault::unavailable, "fdatasync failed"})
                        : Result<Position>(end));
      lock.lock();
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Mood mood_ = Mood::take;
  int appended_ = 0;
  std::string id_ = "j1";
  Position end_ = 0;
  std::vector<Held> held_;
  std::vector<journal::Placed> placed_;
};

class CollectorTest : public ::testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  CollectorTest() {
    std::filesystem::remove_all(folder_);
    tokens_ = govern::Tokens::open(folder_, clock_).value();
    token_ = tokens_->create({{govern::Action::write, "*"}}, std::nullopt).value();
    restart();
  }
  ~CollectorTest() override {
    collector_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::vector<workspace::Source> sources() {
    workspace::Source flights{.name = "flights", .lateness = std::chrono::minutes(10)};
    flights.rules.columns = {
        {.name = "date", .type = {TypeId::timestamp}, .path = {"date"}},
        {.name = "delay", .type = {TypeId::smallint}, .path = {"delay"}, .required = true}};
    flights.rules.event_time = 0;
    workspace::Source clicks{.name = "clicks", .path = "/log"};
    clicks.rules.columns = {{.name = "page", .type = {TypeId::varchar}, .path = {"page"}}};
    clicks.browser_origins = {"https://shop.example"};
    return {flights, clicks};
  }

  Result<std::unique_ptr<Collector>> start() {
    return Collector::start(sources(), {journal_, *tokens_, clock_, folder_ / "collect"});
  }
  // As after a crash: only what the journal and the folder hold is known again.
  void restart() {
    collector_.reset();
    collector_ = start().value();
  }

  net::Request request(std::string path, std::string body, Headers headers = {}) const {
    net::Request made{.method = "POST", .path = std::move(path), .body = std::move(body)};
    made.headers = std::move(headers);
    return made;
  }
  Headers with_token(Headers headers = {}) const {
    headers.emplace_back("authorization", "Bearer " + token_.secret);
    return headers;
  }
  std::future<net::Response> post_later(net::Request request) {
    const auto promise = std::make_shared<std::promise<net::Response>>();
    collector_->handle(std::move(request), net::Reply([promise](net::Response response) {
                         promise->set_value(std::move(response));
                       }));
    return promise->get_future();
  }
  net::Response post(net::Request request) { return post_later(std::move(request)).get(); }
  net::Response post_events(std::string body, Headers headers = {}) {
    return post(request("/ingest/flights", std::move(body), with_token(std::move(headers))));
  }
  // {"date": ..., "delay": 1} at that time of day.
  static std::string event_at(const std::string& time) {
    return R"({"date":"2001-01-01T)" + time + R"(Z","delay":1})";
  }
  static std::string header_of(const net::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }
  std::size_t rows_in_journal(const std::string& source) const {
    std::size_t rows = 0;
    for (const journal::Placed& placed : journal_.entries(journal::Kind::events)) {
      if (placed.entry->topic == source) rows += placed.entry->batches[0]->rows();
    }
    return rows;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("collect_test_" + std::to_string(::getpid()));
  ManualClock clock_{Instant(std::chrono::seconds(1'000'000'000))};  // 2001-09-09
  MemoryJournal journal_;
  std::unique_ptr<govern::Tokens> tokens_;
  govern::NewToken token_;
  std::unique_ptr<Collector> collector_;
};

}  // namespace weir::collect
