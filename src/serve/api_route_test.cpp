#include "serve/api_route.h"

#include <fmt/format.h>

#include "serve/gateway_test.h"

namespace weir::serve {
namespace {

using namespace std::chrono_literals;

class ApiRouteTest : public GatewayFixture {
 protected:
  ApiRouteTest() {
    workspace::Api worst{.name = "worst", .path = "/origins/worst", .version = 1};
    worst.parameters = {
        {.name = "since", .type = parse_type("timestamp").value(), .required = true},
        {.name = "limit",
         .type = parse_type("integer").value(),
         .default_value = "10",
         .min = "1",
         .max = "1000"},
        {.name = "unused", .type = parse_type("date").value()}};
    worst.sql.text =
        "SELECT origin FROM delays WHERE moment >= $since ORDER BY delay DESC NULLS LAST LIMIT "
        "$limit";
    parts_.apis.push_back({worst, {"delays"}});
    workspace::Api newer{.name = "worst_newer", .path = "/origins/worst", .version = 2};
    newer.sql.text = "SELECT 2 AS version";
    parts_.apis.push_back({newer, {}});
    workspace::Api kept{.name = "kept", .path = "/kept", .version = 1, .cache = 5s};
    kept.parameters = {{.name = "origin", .type = parse_type("varchar").value()}};
    kept.sql.text = "SELECT count(*) AS n FROM delays WHERE origin = $origin OR $origin IS NULL";
    parts_.apis.push_back({kept, {"delays"}});
    workspace::Api typed{.name = "typed", .path = "/typed", .version = 1};
    for (const char* type : {"timestamp", "date", "blob", "decimal(8,2)", "integer[]", "json"}) {
      const std::string name = fmt::format("p{}", typed.parameters.size());
      typed.parameters.push_back({.name = name, .type = parse_type(type).value()});
    }
    typed.parameters.push_back(
        {.name = "preset", .type = parse_type("blob").value(), .default_value = "AAE="});
    typed.sql.text =
        "SELECT year($p0) AS p0, date_trunc('day', $p1) AS p1, octet_length($p2) AS p2, "
        "$p3 + 1 AS p3, len($p4) AS p4, json_type($p5) AS p5, $p0 - INTERVAL 1 DAY AS before, "
        "octet_length($preset) AS preset";
    parts_.apis.push_back({typed, {}});
  }
};

TEST_F(ApiRouteTest, sql_is_answered_for_the_parameters) {
  EXPECT_EQ(get("/api/v1/origins/worst", {{"since", "2001-01-01"}}).body,
            R"({"code":200,"message":"success","data":[)"
            R"({"origin":"LAX"},{"origin":"ATL"},{"origin":"SFO"}]})");
  EXPECT_NE(get("/api/v1/origins/worst", {{"since", "2001-01-02T00:00:00Z"}, {"limit", "1"}})
                .body.find(R"("data":[{"origin":"LAX"}])"),
            std::string::npos);
}

TEST_F(ApiRouteTest, a_time_counts_with_its_offset_or_in_the_workspaces_zone) {
  expect_times_of_berlin("/api/v1/origins/worst", "since");
}

TEST_F(ApiRouteTest, the_version_is_named_by_path_or_header_or_is_the_newest) {
  const auto version = [&](const std::string& path, const Headers& headers) {
    return get(path, {}, headers);
  };
  EXPECT_NE(version("/api/origins/worst", {}).body.find(R"("version":2)"), std::string::npos);
  EXPECT_NE(version("/api/v2/origins/worst", {}).body.find(R"("version":2)"), std::string::npos);
  EXPECT_NE(version("/api/origins/worst", {{"accept-version", "1"}}).body.find("since is missing"),
            std::string::npos);
  const net::Response none = version("/api/v3/origins/worst", {});
  EXPECT_EQ(none.status, 404);
  EXPECT_NE(none.body.find("it has 1, 2"), std::string::npos);
  EXPECT_EQ(version("/api/origins/worst", {{"accept-version", "9"}}).status, 404);
  EXPECT_EQ(version("/api/origins/worst", {{"accept-version", "new"}}).status, 400);
}

TEST_F(ApiRouteTest, a_parameter_that_is_wrong_is_refused_by_name) {
  struct Case {
    Query query;
    const char* message;
  };
  const Case cases[] = {
      {{}, "parameter since is missing: add ?since=..., of type TIMESTAMP"},
      {{{"sinc", "2001-01-01"}}, R"(api worst has no parameter \"sinc\"; did you mean \"since\"?)"},
      {{{"since", "soon"}}, R"(since is of type TIMESTAMP, not \"soon\")"},
      {{{"since", "2001-01-01"}, {"limit", "0"}}, "limit is at least 1"},
      {{{"since", "2001-01-01"}, {"limit", "1001"}}, "limit is at most 1000"},
      {{{"since", "2001-01-01"}, {"limit", "1.5"}}, R"(limit is of type INTEGER, not \"1.5\")"},
      {{{"since", "2001-01-01"}, {"limit", "9999999999"}}, R"(not \"9999999999\")"},
      {{{"since", "2001-01-01"}, {"unused", "x"}}, R"(unused is of type DATE, not \"x\")"},
      {{{"since", "2001-01-01"}, {"unused", "2001-01-01T13:00"}}, "unused is of type DATE"},
      {{{"since", "2001-01-01"}, {"since", "2001-01-01"}}, "since is given twice"},
  };
  for (const Case& c : cases) {
    const net::Response response = get("/api/v1/origins/worst", c.query);
    EXPECT_EQ(response.status, 400) << c.message;
    EXPECT_NE(response.body.find(c.message), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("INVALID_PARAMETER"), std::string::npos);
  }
}

TEST_F(ApiRouteTest, a_parameter_that_is_left_out_is_a_null_of_its_type) {
  const net::Response response = get("/api/v1/typed");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find(
                R"([{"p0":null,"p1":null,"p2":null,"p3":null,"p4":null,"p5":null,"before":null,)"),
            std::string::npos)
      << response.body;
}

TEST_F(ApiRouteTest, a_blob_is_base64) {
  EXPECT_NE(get("/api/v1/typed", {{"p2", "AAEC"}}).body.find(R"("p2":3)"), std::string::npos);
  EXPECT_NE(get("/api/v1/typed").body.find(R"("preset":2)"), std::string::npos);
  for (const char* wrong : {"zz!", R"(\x00)"}) {
    const net::Response response = get("/api/v1/typed", {{"p2", wrong}});
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.body.find("p2 is of type BLOB, written in base64, not"), std::string::npos)
        << response.body;
  }
}

TEST_F(ApiRouteTest, a_scope_on_the_api_suffices_and_one_on_its_tables_does_not) {
  use_token({"read:worst"});
  EXPECT_EQ(get("/api/v1/origins/worst", {{"since", "2001-01-01"}}).status, 200);
  use_token({"read:delays"});
  EXPECT_EQ(get("/api/v1/origins/worst", {{"since", "2001-01-01"}}).status, 403);
}

TEST_F(ApiRouteTest, answers_are_kept_for_their_time_apart_by_parameters_and_form) {
  EXPECT_EQ(header(get("/api/v1/kept"), "X-Cache"), "miss");
  ASSERT_TRUE(connection_->run("DELETE FROM delays WHERE origin = 'ATL'").ok());
  clock_.advance(3s);
  const net::Response hit = get("/api/v1/kept");
  EXPECT_EQ(header(hit, "X-Cache"), "hit");
  EXPECT_EQ(header(hit, "Age"), "3");
  EXPECT_NE(hit.body.find(R"("n":3)"), std::string::npos);
  EXPECT_EQ(header(get("/api/v1/kept", {{"origin", "LAX"}}), "X-Cache"), "miss");
  EXPECT_EQ(header(get("/api/v1/kept", {}, {{"accept", "text/csv"}}), "X-Cache"), "miss");
  clock_.advance(2s);
  EXPECT_NE(get("/api/v1/kept").body.find(R"("n":2)"), std::string::npos);
}

TEST_F(ApiRouteTest, a_read_that_waits_gets_no_kept_answer) {
  EXPECT_NE(get("/api/v1/kept").body.find(R"("n":3)"), std::string::npos);
  ASSERT_TRUE(connection_->run("DELETE FROM delays").ok());
  freshness_.reach(5);
  EXPECT_NE(get("/api/v1/kept", {{"wait", "5"}}).body.find(R"("n":0)"), std::string::npos);
  EXPECT_EQ(freshness_.relations(), std::vector<std::string>{"delays"});
}

TEST_F(ApiRouteTest, a_gateway_whose_api_is_wrong_does_not_start) {
  parts_.apis.front().declared.sql.text = "SELECT * FROM nowhere";
  const auto started = Gateway::start(std::move(parts_));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::invalid);
  EXPECT_NE(started.error().message.find("api worst: there is no table"), std::string::npos);
}

TEST(AnswerCache, drops_what_was_asked_for_least_lately_when_full) {
  ManualClock clock{Instant(1'000s)};
  AnswerCache cache(3'000, clock);
  const net::Response large{.body = std::string(1'000, 'x')};
  cache.put("a", large, 1h);
  cache.put("b", large, 1h);
  EXPECT_TRUE(cache.find("a").has_value());
  cache.put("c", large, 1h);
  EXPECT_FALSE(cache.find("b").has_value());
  EXPECT_TRUE(cache.find("a").has_value());
  cache.put("d", {.body = std::string(4'000, 'x')}, 1h);
  EXPECT_FALSE(cache.find("d").has_value());
  EXPECT_TRUE(cache.find("c").has_value());
}

}  // namespace
}  // namespace weir::serve
