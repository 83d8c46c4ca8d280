// A collector over a journal in memory, for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collect/collector.h"
#include "collect/memory_journal_test.h"

namespace weir::collect {

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
