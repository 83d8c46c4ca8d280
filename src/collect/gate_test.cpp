#include "collect/gate.h"

#include "collect/collector_test.h"

namespace weir::collect {
namespace {

class GateTest : public CollectorTest {
 protected:
  struct Case {
    std::string method, path;
    Headers headers;
    int status;
    std::string code;
  };

  void expect(const Case& wanted) const {
    net::Request head = request(wanted.path, {}, wanted.headers);
    head.method = wanted.method;
    const auto answer = collector_->check_head(head);
    if (wanted.status == 0) {
      EXPECT_EQ(answer, nullptr) << wanted.path << (answer ? answer->body : "");
      return;
    }
    ASSERT_NE(answer, nullptr) << wanted.path << wanted.code;
    EXPECT_EQ(answer->status, wanted.status) << answer->body;
    EXPECT_NE(answer->body.find("\"error\":\"" + wanted.code + "\""), std::string::npos)
        << answer->body;
  }
};

TEST_F(GateTest, refuses_by_the_head_what_no_body_could_mend) {
  const Headers unknown = {{"authorization", "Bearer weir_guess"}};
  const auto brief = tokens_->create({{govern::Action::write, "clicks"}}, std::nullopt).value();
  const Headers other = {{"authorization", "Bearer " + brief.secret}};
  const std::string key(256, 'k');
  const std::vector<Case> cases = {
      {"POST", "/ingest/flights", with_token(), 0, ""},
      {"POST", "/ingest/flights/watermark", with_token(), 0, ""},
      {"POST", "/ingest/flights/watermark", with_token({{"content-length", "4096"}}), 0, ""},
      {"POST", "/ingest/flights/watermark", with_token({{"content-length", "4097"}}), 413,
       "BODY_TOO_LARGE"},
      {"POST", "/ingest/flights", {}, 401, "TOKEN_MISSING"},
      {"POST", "/ingest/flights", unknown, 401, "TOKEN_UNKNOWN"},
      {"POST", "/ingest/flights", other, 403, "SCOPE_MISSING"},
      {"POST", "/ingest/flihgts", with_token(), 404, "SOURCE_NOT_FOUND"},
      {"POST", "/ingest", with_token(), 404, "NOT_FOUND"},
      {"POST", "/ingest/flights/other", with_token(), 404, "NOT_FOUND"},
      {"GET", "/ingest/flights", with_token(), 405, "METHOD_NOT_ALLOWED"},
      {"GET", "/ingest/nosuch", with_token(), 404, "SOURCE_NOT_FOUND"},
      {"GET", "/ingest/nosuch", {}, 405, "METHOD_NOT_ALLOWED"},
      {"OPTIONS", "/ingest/flights", {}, 405, "METHOD_NOT_ALLOWED"},
      {"POST", "/ingest/flights", with_token({{"content-type", "text/csv"}}), 415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"POST", "/ingest/flights", with_token({{"content-type", "Application/NDJSON; x=1"}}), 0, ""},
      {"POST", "/ingest/flights", with_token({{"content-type", "text/plain"}}), 415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"POST", "/ingest/flights", with_token({{"content-encoding", "br"}}), 415,
       "UNSUPPORTED_CONTENT_ENCODING"},
      {"POST", "/ingest/flights", with_token({{"content-encoding", "ZSTD"}}), 0, ""},
      {"POST", "/ingest/flights", with_token({{"idempotency-key", key}}), 400,
       "INVALID_IDEMPOTENCY_KEY"},
      {"POST", "/ingest/flights", with_token({{"idempotency-key", ""}}), 400,
       "INVALID_IDEMPOTENCY_KEY"},
      {"POST", "/ingest/flights", with_token({{"idempotency-key", "a b"}}), 400,
       "INVALID_IDEMPOTENCY_KEY"},
      {"POST", "/ingest/flights", with_token({{"idempotency-key", "a"}, {"idempotency-key", "b"}}),
       400, "INVALID_IDEMPOTENCY_KEY"},
      {"POST", "/ingest/flights",
       with_token({{"content-type", "application/json; charset=utf-16"}}), 415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"POST", "/ingest/flights",
       with_token({{"content-type", "application/json; charset=\"UTF-8\""}}), 0, ""},
      {"POST", "/beacon/flights", {{"origin", "https://shop.example"}}, 401, "TOKEN_MISSING"},
      {"POST", "/beacon/clicks", {{"origin", "https://evil.example"}}, 403, "ORIGIN_NOT_ALLOWED"},
      {"POST", "/beacon/clicks", {}, 403, "ORIGIN_NOT_ALLOWED"},
      {"POST", "/beacon/clicks", {{"origin", "https://shop.example"}}, 0, ""},
      {"GET", "/beacon/clicks", {}, 405, "METHOD_NOT_ALLOWED"},
      {"POST", "/log", {{"origin", "https://shop.example"}}, 401, "TOKEN_MISSING"},
      {"POST", "/beacon.js", {}, 405, "METHOD_NOT_ALLOWED"},
  };
  for (const Case& wanted : cases) expect(wanted);
}

TEST_F(GateTest, an_unknown_parameter_is_refused_and_key_is_a_beacons_token) {
  net::Request head = request("/ingest/flights", {}, with_token());
  head.query = {{"key", "x"}};
  EXPECT_EQ(collector_->check_head(head)->status, 400);
  head = request("/beacon/flights", {}, {{"content-type", "text/plain"}});
  head.query = {{"key", token_.secret}};
  EXPECT_EQ(collector_->check_head(head), nullptr);
  head.query = {{"key", "weir_guess"}};
  EXPECT_EQ(collector_->check_head(head)->status, 401);
}

TEST_F(GateTest, an_unknown_source_gets_the_name_that_comes_near) {
  const auto answer = collector_->check_head(request("/ingest/flihgts", {}, with_token()));
  EXPECT_NE(answer->body.find("flights"), std::string::npos) << answer->body;
}

TEST_F(GateTest, a_wrong_method_is_told_the_right_one) {
  net::Request head = request("/beacon/clicks", {});
  head.method = "PUT";
  EXPECT_EQ(header_of(*collector_->check_head(head), "Allow"), "POST, OPTIONS");
}

TEST_F(GateTest, a_preflight_from_a_listed_origin_is_allowed) {
  for (const char* path : {"/beacon/clicks", "/log"}) {
    net::Request head = request(path, {}, {{"origin", "https://shop.example"}});
    head.method = "OPTIONS";
    const auto answer = collector_->check_head(head);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(header_of(*answer, "Access-Control-Allow-Origin"), "https://shop.example");
    EXPECT_EQ(header_of(*answer, "Access-Control-Allow-Methods"), "POST");
    head.headers = {{"origin", "https://evil.example"}};
    EXPECT_EQ(collector_->check_head(head)->status, 403);
  }
}

TEST_F(GateTest, a_preflight_does_not_tell_which_sources_there_are) {
  std::vector<std::string> said;
  for (const char* source : {"flights", "nowhere"}) {
    net::Request head =
        request(std::string("/beacon/") + source, {}, {{"origin", "https://evil.example"}});
    head.method = "OPTIONS";
    const auto answer = collector_->check_head(head);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->status, 403);
    std::string body = answer->body;
    body.replace(body.find(source), std::string(source).size(), "SOURCE");
    said.push_back(body);
  }
  EXPECT_EQ(said[0], said[1]);
}

TEST_F(GateTest, the_snippet_is_script_that_may_be_cached) {
  net::Request head = request("/beacon.js", {});
  head.method = "GET";
  const auto answer = collector_->check_head(head);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->content_type.starts_with("application/javascript"));
  EXPECT_NE(header_of(*answer, "Cache-Control").find("max-age"), std::string::npos);
  EXPECT_NE(answer->body.find("sendBeacon"), std::string::npos);
}

TEST_F(GateTest, takes_the_addresses_of_events_and_no_others) {
  for (const char* path : {"/ingest/flights", "/ingest", "/beacon/x", "/beacon.js", "/log"}) {
    EXPECT_TRUE(collector_->takes(path)) << path;
  }
  for (const char* path : {"/", "/ingestion", "/beacons", "/logs", "/log/x", "/api/v1/data/x"}) {
    EXPECT_FALSE(collector_->takes(path)) << path;
  }
}

}  // namespace
}  // namespace weir::collect
