#include "serve/waiting_lines.h"

#include <algorithm>
#include <map>
#include <thread>

#include "core/json_text.h"
#include "journal/journal_test.h"
#include "serve/gateway_test.h"

namespace weir::serve {
namespace {

using WaitingLinesTest = GatewayFixture;

TEST_F(WaitingLinesTest, a_read_waits_for_a_position_and_says_when_it_took_too_long) {
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

TEST_F(WaitingLinesTest, reads_that_wait_hold_up_no_others) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(send(request("GET", "/api/v1/data/delays", {{"wait", "9"}})));
  }
  freshness_.until_waiting(4);
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
  freshness_.reach(9);
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(WaitingLinesTest, the_time_of_a_wait_counts_while_it_stands_in_line) {
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

TEST_F(WaitingLinesTest, what_no_worker_will_take_soon_is_told_to_come_again) {
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

TEST_F(WaitingLinesTest, a_body_larger_than_any_route_reads_is_refused_before_and_after_it_came) {
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

TEST_F(WaitingLinesTest,
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

TEST_F(WaitingLinesTest, what_waits_is_answered_before_the_gateway_ends) {
  std::vector<std::future<net::Response>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(send(request("GET", "/api/v1/data/delays")));
  gateway_.reset();
  for (auto& answer : waiting) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(WaitingLinesTest, reads_that_wait_are_sent_away_when_the_gateway_ends) {
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

TEST_F(WaitingLinesTest, a_query_whose_time_is_over_is_ended_and_its_worker_goes_on) {
  parts_.query_time_max = std::chrono::milliseconds(500);
  parts_.workers = 1;
  const net::Response over =
      post("/weir/v1/sql", R"json({"sql": "SELECT count(*) FROM range(100000000000)"})json");
  EXPECT_EQ(over.status, 504) << over.body;
  EXPECT_NE(over.body.find("QUERY_TIMEOUT"), std::string::npos);
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
}

TEST_F(WaitingLinesTest, what_reads_is_refused_before_its_body_without_a_scope_to_read) {
  use_token({"write:flights"});
  for (const char* path :
       {"/weir/v1/sql", "/weir/v1/explain", "/weir/v1/quarantine/flights/replay"}) {
    const auto refused = gateway().check_head(request("POST", path));
    ASSERT_NE(refused, nullptr) << path;
    EXPECT_EQ(refused->status, 403) << path;
  }
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1"})").status, 403);
}

TEST_F(WaitingLinesTest, sql_that_takes_long_holds_up_no_other_read) {
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

TEST_F(WaitingLinesTest, sql_inside_a_function_that_does_not_end_is_answered_and_so_is_who_waits) {
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
  EXPECT_FALSE(gateway().await_queries());
  EXPECT_FALSE(gateway().close_queries());
}

TEST_F(WaitingLinesTest, what_stands_in_line_is_given_back_as_it_came) {
  parts_.query_time_max = std::chrono::milliseconds(2'000);
  std::vector<std::future<net::Response>> queries;
  for (int i = 0; i < 4; ++i) {
    net::Request asked = request("POST", "/weir/v1/sql");
    asked.body = comparison(30'000);
    queries.push_back(send(std::move(asked)));
  }
  std::vector<net::Asked> given = gateway().give_back();
  ASSERT_GE(given.size(), 3);
  for (net::Asked& asked : given) {
    EXPECT_EQ(asked.request.path, "/weir/v1/sql");
    EXPECT_EQ(asked.request.body, comparison(30'000));
    asked.reply.send({.status = 204});
  }
  EXPECT_EQ(queries.back().get().status, 204);
  EXPECT_TRUE(gateway().give_back().empty());
}

TEST_F(WaitingLinesTest, no_query_begins_once_they_are_closed) {
  EXPECT_TRUE(gateway().close_queries());
  const net::Response refused = post("/weir/v1/sql", R"({"sql": "SELECT 1 AS one"})");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_NE(refused.body.find("RELOADING"), std::string::npos) << refused.body;
  EXPECT_EQ(get("/api/v1/data/delays").status, 503);
  gateway().reopen_queries();
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1 AS one"})").status, 200);
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
}

TEST_F(WaitingLinesTest, sql_that_needs_too_much_memory_is_told_the_limit) {
  for (const char* sql :
       {"SELECT repeat('x', 2000000000) AS x", "SELECT list(i) AS l FROM range(200000000) t(i)"}) {
    const net::Response refused = post("/weir/v1/sql", std::string(R"({"sql": ")") + sql + "\"}");
    EXPECT_EQ(refused.status, 400) << refused.body;
    EXPECT_NE(refused.body.find("QUERY_TOO_LARGE"), std::string::npos) << refused.body;
    EXPECT_NE(refused.body.find("256 MB"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(post("/weir/v1/sql", R"({"sql": "SELECT 1 AS one"})").status, 200);
}

TEST_F(WaitingLinesTest, a_tap_that_stood_in_line_too_long_is_sent_away) {
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

}  // namespace
}  // namespace weir::serve
