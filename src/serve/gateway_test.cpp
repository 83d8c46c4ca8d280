#include "serve/gateway.h"

#include <algorithm>
#include <map>
#include <thread>

#include "core/json_text.h"
#include "journal/journal_test.h"
#include "serve/gateway_fixture_test.h"

namespace weir::serve {
namespace {

using GatewayTest = GatewayFixture;

TEST_F(GatewayTest, a_request_without_a_valid_token_is_refused_before_its_body) {
  secret_.clear();
  for (const char* path : {"/api/v1/data/delays", "/metrics", "/weir/v1/status", "/nothing"}) {
    const auto refused = gateway().check_head(request("GET", path));
    ASSERT_NE(refused, nullptr) << path;
    EXPECT_EQ(refused->status, 401) << path;
    EXPECT_NE(refused->body.find("TOKEN_MISSING"), std::string::npos);
    EXPECT_EQ(header(*refused, "WWW-Authenticate"), "Bearer");
  }
  secret_ = "weir_guess";
  const net::Response refused = get("/api/v1/data/delays");
  EXPECT_EQ(refused.status, 401);
  EXPECT_NE(refused.body.find("TOKEN_UNKNOWN"), std::string::npos);
  EXPECT_EQ(refused.body.find("weir_guess"), std::string::npos);
}

TEST_F(GatewayTest, spaces_around_a_token_do_not_count) {
  net::Request asked{.method = "GET", .path = "/weir/v1/status"};
  asked.headers.emplace_back("authorization", "bearer   " + secret_ + " ");
  EXPECT_EQ(gateway().check_head(asked), nullptr);
}

TEST_F(GatewayTest, health_asks_for_no_token_and_readiness_keeps_the_reason_for_tokens) {
  secret_.clear();
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  status_.not_ready = "/data/journal: the disk is full";
  const net::Response red = get("/readyz");
  EXPECT_EQ(red.status, 503);
  EXPECT_NE(red.body.find(R"("error":"NOT_READY")"), std::string::npos) << red.body;
  EXPECT_EQ(red.body.find("/data/journal"), std::string::npos) << red.body;
  EXPECT_EQ(header(red, "Retry-After"), "1");
  use_token({"admin"});
  EXPECT_NE(get("/weir/v1/status").body.find("the disk is full"), std::string::npos);
}

TEST_F(GatewayTest, readiness_is_told_without_gathering_the_status) {
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(status_asked_, 0);
  EXPECT_EQ(get("/weir/v1/status").status, 200);
  EXPECT_EQ(status_asked_, 1);
}

TEST_F(GatewayTest, unknown_paths_and_methods_are_refused_with_words) {
  struct Case {
    const char* method;
    const char* path;
    int status;
    const char* code;
    const char* allow;
  };
  const Case cases[] = {
      {"GET", "/", 404, "NOT_FOUND", ""},
      {"GET", "/api/v1/data/", 404, "API_NOT_FOUND", ""},
      {"GET", "/api/v1/nothing", 404, "API_NOT_FOUND", ""},
      {"GET", "/weir/v1/sql", 405, "METHOD_NOT_ALLOWED", "POST"},
      {"DELETE", "/api/v1/data/delays", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"},
      {"OPTIONS", "/weir/v1/tokens", 405, "METHOD_NOT_ALLOWED", "GET, HEAD, POST"},
      {"POST", "/healthz", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"},
  };
  for (const Case& c : cases) {
    const auto refused = gateway().check_head(request(c.method, c.path));
    ASSERT_NE(refused, nullptr) << c.path;
    EXPECT_EQ(refused->status, c.status) << c.path;
    EXPECT_NE(refused->body.find(c.code), std::string::npos) << c.path << refused->body;
    EXPECT_EQ(header(*refused, "Allow"), c.allow) << c.path;
  }
  EXPECT_EQ(gateway().check_head(request("HEAD", "/api/v1/data/delays")), nullptr);
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/weir/v1/status", "/weir/v1/tables",
                           "/weir/v1/tokens"}) {
    const auto refused = gateway().check_head(request("GET", path, {{"x", "1"}}));
    ASSERT_NE(refused, nullptr) << path;
    EXPECT_EQ(refused->status, 400) << path;
    EXPECT_NE(refused->body.find("UNKNOWN_PARAMETER"), std::string::npos) << refused->body;
  }
}

TEST_F(GatewayTest, the_platform_tells_of_itself_to_whoever_may_read) {
  status_.workspace = "flights";
  status_.journal_end = 100;
  status_.tables_applied = 60;
  EXPECT_NE(get("/weir/v1/status").body.find(R"("workspace":"flights")"), std::string::npos);
  const net::Response metrics = get("/metrics");
  EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(metrics.body.find("weir_tables_lag_bytes 40"), std::string::npos) << metrics.body;
  EXPECT_EQ(get("/weir/v1/tables").body,
            R"({"code":200,"message":"success","data":[{"name":"delays"}]})");
  EXPECT_EQ(get("/weir/v1/nothing").status, 404);
  use_token({"read:delays"});
  EXPECT_EQ(get("/metrics").status, 200);
  use_token({"write:flights"});
  EXPECT_EQ(get("/metrics").status, 403);
  EXPECT_EQ(get("/weir/v1/tables").status, 403);
}

TEST_F(GatewayTest, an_administrator_makes_lists_and_revokes_tokens) {
  const net::Response made =
      post("/weir/v1/tokens", R"({"scopes": ["read:delays"], "expires_in": "30d"})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_NE(made.body.find(R"("scopes":["read:delays"],"created":"2001-09-09T01:46:40Z",)"
                           R"("expires":"2001-10-09T01:46:40Z","token":")"),
            std::string::npos)
      << made.body;
  const std::string mark = R"({"id":")";
  const std::size_t at = made.body.find(mark) + mark.size();
  const std::string id = made.body.substr(at, made.body.find('"', at) - at);
  EXPECT_NE(get("/weir/v1/tokens").body.find(id), std::string::npos);
  EXPECT_EQ(get("/weir/v1/tokens").body.find("\"token\":"), std::string::npos);
  EXPECT_EQ(send(request("DELETE", "/weir/v1/tokens/" + id)).get().status, 200);
  EXPECT_EQ(send(request("DELETE", "/weir/v1/tokens/" + id)).get().status, 404);
  EXPECT_EQ(get("/weir/v1/tokens").body.find(id), std::string::npos);
}

TEST_F(GatewayTest, a_token_that_cannot_be_made_is_refused_with_words) {
  for (const char* body : {"", "[]", "{}", R"({"scopes": []})", R"({"scopes": ["read"]})",
                           R"({"scopes": "admin"})", R"({"scopes": ["admin"], "expires_in": "1y"})",
                           R"({"scopes": ["admin"], "expires_in": "0s"})",
                           R"({"scopes": ["admin"], "expires_in": "99999999d"})",
                           R"({"scopes": ["admin"], "nope": 1})"}) {
    EXPECT_EQ(post("/weir/v1/tokens", body).status, 400) << body;
  }
}

TEST_F(GatewayTest, a_scope_that_names_nothing_is_refused_with_what_was_meant) {
  const net::Response refused = post("/weir/v1/tokens", R"({"scopes": ["read:delayz"]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("INVALID_SCOPE"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find(R"(did you mean \"delays\"?)"), std::string::npos) << refused.body;
  // A table is written by streams alone.
  EXPECT_EQ(post("/weir/v1/tokens", R"({"scopes": ["write:delays"]})").status, 400);
  EXPECT_EQ(post("/weir/v1/tokens", R"({"scopes": ["read:flights", "write:flights"]})").status,
            200);
}

TEST_F(GatewayTest, a_reader_sees_of_the_platform_what_it_may_read) {
  status_.sources = {{.name = "flights"}};
  status_.tables = {{.name = "delays"}, {.name = "secret"}};
  status_.streams = {{.name = "worst", .reads = {"delays"}},
                     {.name = "joined", .reads = {"delays", "airports"}}};
  use_token({"read:delays"});
  for (const char* path : {"/weir/v1/status", "/metrics"}) {
    const std::string body = get(path).body;
    for (const char* seen : {"delays", "worst"}) EXPECT_NE(body.find(seen), std::string::npos);
    for (const char* hidden : {"\"flights\"", "secret", "joined", "airports"}) {
      EXPECT_EQ(body.find(hidden), std::string::npos) << path << body;
    }
  }
  use_token({"read:secret"});
  EXPECT_NE(get("/weir/v1/tables").body.find(R"("data":[])"), std::string::npos);
}

TEST_F(GatewayTest, a_reader_is_told_that_something_is_wrong_and_an_administrator_why) {
  status_.reload_refused = status_.not_ready = status_.tables_failure = "salaries.yaml:3";
  const std::string why = get("/weir/v1/status").body;
  use_token({"read:delays"});
  const std::string that = get("/weir/v1/status").body;
  for (const std::string field : {"reload_refused", "not_ready", "tables_failure"}) {
    EXPECT_NE(why.find("\"" + field + R"(":"salaries.yaml:3")"), std::string::npos) << why;
    EXPECT_NE(that.find("\"" + field + R"(":"a token with the scope admin)"), std::string::npos)
        << that;
  }
  EXPECT_EQ(that.find("salaries"), std::string::npos) << that;
}

TEST_F(GatewayTest, a_writer_sees_the_sources_that_it_may_write_to) {
  parts_.catalogue = [](const std::string& kind, const MayRead& may_see) {
    std::string seen = kind;
    for (const char* source : {"flights", "orders", "secret"}) {
      if (may_see(source)) (seen += ' ') += source;
    }
    return std::optional(json_string(seen));
  };
  use_token({"write:flights", "read:orders"});
  EXPECT_NE(get("/weir/v1/sources").body.find(R"("data":"sources flights orders")"),
            std::string::npos);
  use_token({"write:flights"});
  EXPECT_NE(get("/weir/v1/sources").body.find(R"("data":"sources flights")"), std::string::npos);
}

TEST_F(GatewayTest, only_an_administrator_stops_the_program_or_touches_tokens) {
  use_token({"read:*", "write:*"});
  EXPECT_EQ(post("/weir/v1/stop", "").status, 403);
  EXPECT_EQ(get("/weir/v1/tokens").status, 403);
  EXPECT_EQ(post("/weir/v1/tokens", R"({"scopes": ["admin"]})").status, 403);
  use_token({"admin"});
  EXPECT_EQ(post("/weir/v1/stop", "").status, 200);
  stopped_.get_future().wait();
}

TEST_F(GatewayTest, a_read_waits_for_a_position_and_says_when_it_took_too_long) {
  freshness_.reach(7);
  EXPECT_EQ(get("/api/v1/data/delays", {{"wait", "7"}}).status, 200);
  EXPECT_EQ(freshness_.relations(), std::vector<std::string>{"delays"});
  const net::Response late = get("/api/v1/data/delays", {{"wait", "8"}, {"timeout", "1ms"}});
  EXPECT_EQ(late.status, 504);
  EXPECT_NE(late.body.find("NOT_YET"), std::string::npos);
  EXPECT_EQ(get("/api/v1/data/delays", {{"wait", "x"}}).status, 400);
  const net::Response beyond = get("/api/v1/data/delays", {{"wait", "1001"}});
  EXPECT_EQ(beyond.status, 409);
  EXPECT_NE(beyond.body.find("BEYOND_JOURNAL"), std::string::npos) << beyond.body;
  EXPECT_EQ(get("/api/v1/data/delays", {{"wait", "7"}, {"timeout", "2h"}}).status, 400);
  EXPECT_EQ(get("/api/v1/data/delays", {{"timeout", "5s"}}).status, 400);
  net::Request sql = request("POST", "/weir/v1/sql", {{"wait", "7"}});
  sql.body = R"({"sql": "SELECT 1 FROM late('delays'), secret"})";
  EXPECT_EQ(send(sql).get().status, 200);
  EXPECT_EQ(freshness_.relations(), (std::vector<std::string>{"late(delays)", "secret"}));
}

TEST_F(GatewayTest, reads_that_wait_hold_up_no_others) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(send(request("GET", "/api/v1/data/delays", {{"wait", "9"}})));
  }
  freshness_.until_waiting(4);
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
  freshness_.reach(9);
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(GatewayTest, the_time_of_a_wait_counts_while_it_stands_in_line) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 8; ++i) {  // twice as many as wait at the same time
    waiting.push_back(
        send(request("GET", "/api/v1/data/delays", {{"wait", "9"}, {"timeout", "300ms"}})));
  }
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 504);
  const auto deadlines = freshness_.deadlines();
  const auto [first, last] = std::ranges::minmax(deadlines);
  EXPECT_LT(last - first, std::chrono::milliseconds(300));
}

TEST_F(GatewayTest, what_no_worker_will_take_soon_is_told_to_come_again) {
  parts_.waiting_max = 1;
  std::vector<std::future<net::Response>> waiting;
  for (std::size_t i = 0; i < 4; ++i) {
    waiting.push_back(send(request("GET", "/api/v1/data/delays", {{"wait", "9"}})));
    freshness_.until_waiting(i + 1);
  }
  waiting.push_back(send(request("GET", "/api/v1/data/delays", {{"wait", "9"}})));
  const net::Response refused = get("/api/v1/data/delays", {{"wait", "9"}});
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(get("/healthz").status, 200);
  freshness_.reach(9);
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(GatewayTest, a_body_larger_than_any_route_reads_is_refused_before_and_after_it_came) {
  for (const char* path : {"/weir/v1/sql", "/weir/v1/tokens", "/weir/v1/quarantine/flights/replay",
                           "/api/v1/data/delays"}) {
    net::Request asked = request(path[1] == 'w' ? "POST" : "GET", path);
    asked.headers.emplace_back("content-length", "1048577");
    const auto refused = gateway().check_head(asked);
    ASSERT_NE(refused, nullptr) << path;
    EXPECT_EQ(refused->status, 413) << path;
    EXPECT_NE(refused->body.find("BODY_TOO_LARGE"), std::string::npos) << refused->body;
    asked.headers.pop_back();  // in chunks nobody knows
    asked.body = std::string((1 << 20) + 1, ' ');
    EXPECT_EQ(send(std::move(asked)).get().status, 413) << path;
  }
}

TEST_F(GatewayTest,
       bodies_that_wait_are_bounded_together_and_those_that_nobody_reads_are_not_kept) {
  std::vector<std::future<net::Response>> waiting;
  const auto ask = [&](const char* method, const char* path) {
    net::Request asked = request(method, path, {{"wait", "9"}});
    asked.body = R"({"sql": "SELECT 1"})" + std::string(1'000'000, ' ');
    waiting.push_back(send(std::move(asked)));
  };
  for (int i = 0; i < 70; ++i) ask("GET", "/api/v1/data/delays");
  for (int i = 0; i < 70; ++i) ask("POST", "/weir/v1/sql");
  freshness_.reach(9);
  std::map<int, int> answered;
  for (auto& answer : waiting) ++answered[answer.get().status];
  EXPECT_EQ(answered, (std::map<int, int>{{200, 137}, {503, 3}}));
}

TEST_F(GatewayTest, what_waits_is_answered_before_the_gateway_ends) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(send(request("GET", "/api/v1/data/delays")));
  gateway_.reset();
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(GatewayTest, reads_that_wait_are_sent_away_when_the_gateway_ends) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(
        send(request("GET", "/api/v1/data/delays", {{"wait", "9"}, {"timeout", "60s"}})));
  }
  freshness_.until_waiting(4);
  gateway_.reset();
  for (auto& answer : waiting) {
    const net::Response sent_away = answer.get();
    EXPECT_EQ(sent_away.status, 503) << sent_away.body;
    EXPECT_EQ(header(sent_away, "Retry-After"), "1");
  }
}

TEST_F(GatewayTest, a_query_whose_time_is_over_is_ended_and_its_worker_goes_on) {
  parts_.query_time_max = std::chrono::milliseconds(50);
  parts_.workers = 1;
  const net::Response over = post(
      "/weir/v1/sql",
      R"({"sql": "SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b"})");
  EXPECT_EQ(over.status, 504) << over.body;
  EXPECT_NE(over.body.find("QUERY_TIMEOUT"), std::string::npos);
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
}

TEST_F(GatewayTest, what_reads_is_refused_before_its_body_without_a_scope_to_read) {
  use_token({"write:flights"});
  for (const char* path :
       {"/weir/v1/sql", "/weir/v1/explain", "/weir/v1/quarantine/flights/replay"}) {
    const auto refused = gateway().check_head(request("POST", path));
    ASSERT_NE(refused, nullptr) << path;
    EXPECT_EQ(refused->status, 403) << path;
  }
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1"})").status, 403);
}

TEST_F(GatewayTest, sql_that_takes_long_holds_up_no_other_read) {
  parts_.query_time_max = std::chrono::milliseconds(200);
  const std::string slow = R"json({"sql": "SELECT count(*) FROM range(100000000000)"})json";
  std::vector<std::future<net::Response>> queries;
  for (int i = 0; i < 12; ++i) {
    net::Request asked = request("POST", "/weir/v1/sql");
    asked.body = slow;
    queries.push_back(send(std::move(asked)));
  }
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
  int overloaded = 0;
  for (auto& query : queries) {
    const net::Response over = query.get();
    EXPECT_TRUE(over.status == 504 || over.status == 503) << over.body;
    overloaded += over.status == 503 ? 1 : 0;
  }
  EXPECT_GT(overloaded, 0);
}

// Compares each letter with each other, for seconds, and takes no memory meanwhile.
std::string comparison(int letters) {
  const std::string a = "repeat('a', " + std::to_string(letters) + ")";
  const std::string b = "repeat('b', " + std::to_string(letters) + ")";
  return R"json({"sql": "SELECT levenshtein(origin || )json" + a + ", " + b +
         R"json() AS n FROM delays LIMIT 1"})json";
}

TEST_F(GatewayTest, sql_inside_a_function_that_does_not_end_is_answered_and_so_is_who_waits) {
  parts_.query_time_max = std::chrono::milliseconds(200);
  std::vector<std::future<net::Response>> queries;
  for (int i = 0; i < 3; ++i) {
    net::Request asked = request("POST", "/weir/v1/sql");
    asked.body = comparison(50'000);
    queries.push_back(send(std::move(asked)));
  }
  // One works; the others stand behind it, where no worker comes for them.
  const net::Response over = queries.front().get();
  EXPECT_EQ(over.status, 504) << over.body;
  EXPECT_NE(over.body.find("QUERY_TIMEOUT"), std::string::npos) << over.body;
  for (int i = 1; i < 3; ++i) {
    const net::Response sent_away = queries[i].get();
    EXPECT_EQ(sent_away.status, 503) << sent_away.body;
    EXPECT_EQ(header(sent_away, "Retry-After"), "1");
  }
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
  // The worker was busy all the time, and still is.
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1 AS one"})").status, 503);
}

TEST_F(GatewayTest, sql_that_needs_too_much_memory_is_told_the_limit) {
  for (const char* sql :
       {"SELECT repeat('x', 2000000000) AS x", "SELECT list(i) AS l FROM range(200000000) t(i)"}) {
    const net::Response refused = post("/weir/v1/sql", std::string(R"({"sql": ")") + sql + "\"}");
    EXPECT_EQ(refused.status, 400) << refused.body;
    EXPECT_NE(refused.body.find("QUERY_TOO_LARGE"), std::string::npos) << refused.body;
    EXPECT_NE(refused.body.find("256 MB"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1 AS one"})").status, 200);
}

TEST_F(GatewayTest, a_tap_that_stood_in_line_too_long_is_sent_away) {
  const journal::TemporaryFolder folder;
  const auto journal = journal::open_journal(folder.path());
  parts_.journal = journal.get();
  parts_.flows = {{"flights", {}, {"flights", journal::Kind::events, 0}}};
  parts_.query_time_max = std::chrono::milliseconds(200);
  std::vector<std::future<net::Response>> taps;
  for (int i = 0; i < 5; ++i) {  // one more than are answered at the same time
    taps.push_back(send(request("GET", "/weir/v1/tap/flights", {{"timeout", "500ms"}})));
  }
  std::vector<int> statuses;
  for (auto& tap : taps) statuses.push_back(tap.get().status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 200, 200, 503}));
  gateway_.reset();
}

TEST_F(GatewayTest, many_threads_ask_at_once) {
  use_token({"read:delays"});
  gateway();
  std::vector<std::jthread> askers;
  for (int asker = 0; asker < 4; ++asker) {
    askers.emplace_back([this] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(get("/api/v1/data/delays", {{"origin", "SFO"}}).status, 200);
        EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT count(*) FROM delays"})").status, 200);
        EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT * FROM secret"})").status, 403);
        EXPECT_EQ(get("/weir/v1/status").status, 200);
      }
    });
  }
}

}  // namespace
}  // namespace weir::serve
