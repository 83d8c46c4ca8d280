#include "serve/gateway.h"

#include <algorithm>
#include <map>
#include <thread>

#include "core/json_text.h"
#include "journal/journal_test.h"
#include "serve/gateway_test.h"

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
    return json_string(seen);
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
