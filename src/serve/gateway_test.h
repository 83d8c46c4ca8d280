// A gateway over a small database in memory, for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "engine/batch_relation.h"
#include "serve/fake_freshness_test.h"
#include "serve/gateway.h"
#include "sql/batch_names.h"

namespace weir::serve {

inline std::shared_ptr<const Schema> schema_of(
    const std::vector<std::pair<std::string, std::string>>& columns) {
  Schema schema;
  for (const auto& [name, type] : columns) {
    schema.columns.push_back({name, parse_type(type).value()});
  }
  return std::make_shared<const Schema>(std::move(schema));
}

class GatewayFixture : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  using Query = std::vector<std::pair<std::string, std::string>>;

  GatewayFixture() {
    EXPECT_TRUE(connection_
                    ->run("CREATE TABLE delays (origin VARCHAR, delay SMALLINT, moment TIMESTAMP);"
                          "INSERT INTO delays VALUES ('LAX', 9, '2001-01-02'), "
                          "('SFO', NULL, '2001-01-01'), ('ATL', -3, '2001-01-03 10:00:00.5');"
                          "CREATE TABLE secret (x INTEGER); INSERT INTO secret VALUES (42);"
                          "CREATE TABLE inside (x INTEGER);")
                    .ok());
    const auto flights = schema_of({{"origin", "varchar"}, {"date", "timestamp"}});
    auto rows = std::make_shared<Batch>(flights);
    rows->column(0).append_string("SFO");
    rows->column(1).append(std::int64_t{3'600'000'000});
    const auto relation =
        std::make_shared<engine::BatchRelation>(std::vector<std::shared_ptr<const Batch>>{rows});
    const std::vector<sql::NamedRelation> relations = {
        {"flights", relation}, {"late(delays)", relation}, {"quarantine(flights)", relation}};
    EXPECT_TRUE(sql::publish_batch_names(*database_, relations, "UTC").ok());
    parts_.database = database_;
    using Kind = sql::Readable::Kind;
    parts_.readables.all = {{"delays", delays_, {0}},
                            {"secret", schema_of({{"x", "integer"}})},
                            {"flights", flights, {}, Kind::source},
                            {"late(delays)", flights, {}, Kind::source, "flights"},
                            {"quarantine(flights)", flights, {}, Kind::source, "flights"}};
    parts_.names = {{"delays", Kind::table, delays_, {}},
                    {"secret", Kind::table, schema_of({{"x", "integer"}}), {}},
                    {"flights", Kind::source, flights, "date"},
                    {"late(delays)", Kind::table, flights, {}},
                    {"quarantine(flights)", Kind::table, flights, {}}};
    parts_.is_ready = [this] { return status_.not_ready.empty(); };
    parts_.status = [this] {
      ++status_asked_;
      return status_;
    };
    parts_.catalogue = [](const std::string& kind, const MayRead& may_read) {
      const bool is_there = kind == "tables" && may_read("delays");
      return std::string(is_there ? R"([{"name":"delays"}])" : "[]");
    };
    parts_.stop = [this] { stopped_.set_value(); };
  }
  ~GatewayFixture() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }

  Gateway& gateway() {
    if (gateway_ == nullptr) gateway_ = Gateway::start(std::move(parts_)).value();
    return *gateway_;
  }

  std::future<net::Response> send(net::Request request) {
    auto promise = std::make_shared<std::promise<net::Response>>();
    std::future<net::Response> answer = promise->get_future();
    gateway().handle(std::move(request), net::Reply([promise](net::Response response) {
                       promise->set_value(std::move(response));
                     }));
    return answer;
  }

  net::Request request(const std::string& method, const std::string& path, Query query = {}) const {
    net::Request made{.method = method, .path = path, .query = std::move(query)};
    if (!secret_.empty()) made.headers.emplace_back("authorization", "Bearer " + secret_);
    return made;
  }

  net::Response get(const std::string& path, Query query = {}, const Headers& headers = {}) {
    net::Request asked = request("GET", path, std::move(query));
    asked.headers.insert(asked.headers.end(), headers.begin(), headers.end());
    return send(std::move(asked)).get();
  }

  net::Response post(const std::string& path, const std::string& body) {
    net::Request asked = request("POST", path);
    asked.body = body;
    return send(std::move(asked)).get();
  }

  // Asks for rows from a time on, in the zone of Berlin: ATL's is 10:00:00.5Z.
  void expect_times_of_berlin(const std::string& path, const std::string& parameter) {
    parts_.time_zone = TimeZone::find("Europe/Berlin").value();
    const std::pair<const char*, bool> cases[] = {
        {"2001-01-03T18:00:00+08:00", true}, {"2001-01-03T18:00:01+08:00", false},
        {"2001-01-03 11:00:00", true},       {"2001-01-03 11:00:01", false},
        {"2001-01-03T10:00:00Z", true},      {"2001-01-03T10:00:00.5Z", true}};
    for (const auto& [since, has_atlanta] : cases) {
      const net::Response response = get(path, {{parameter, since}});
      EXPECT_EQ(response.status, 200) << since;
      EXPECT_EQ(response.body.find("ATL") != std::string::npos, has_atlanta) << since;
    }
  }

  // From now on requests come with a token of these scopes.
  void use_token(const std::vector<std::string>& scopes) {
    std::vector<govern::Scope> parsed;
    for (const std::string& scope : scopes) {
      parsed.push_back(govern::parse_scope(scope).value());
    }
    secret_ = tokens_->create(parsed, std::nullopt).value().secret;
  }

  static std::string header(const net::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("gateway_test_" + std::to_string(::getpid()) +
       testing::UnitTest::GetInstance()->current_test_info()->name());
  ManualClock clock_{Instant(std::chrono::seconds(1'000'000'000))};
  FakeFreshness freshness_;
  std::unique_ptr<govern::Tokens> tokens_ = govern::Tokens::open(folder_, clock_).value();
  std::string secret_ =
      tokens_->create({{govern::Action::administer, ""}}, std::nullopt).value().secret;
  std::shared_ptr<engine::Database> database_ = engine::Database::open({}).value();
  std::unique_ptr<engine::Connection> connection_ = database_->connect().value();
  std::shared_ptr<const Schema> delays_ =
      schema_of({{"origin", "varchar"}, {"delay", "smallint"}, {"moment", "timestamp"}});
  PlatformStatus status_;
  std::atomic<int> status_asked_ = 0;
  std::promise<void> stopped_;
  GatewayParts parts_{.tokens = *tokens_, .clock = clock_, .freshness = freshness_};
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace weir::serve
