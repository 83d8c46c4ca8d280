#include "serve/data_route.h"

#include <fmt/format.h>

#include "serve/gateway_test.h"

namespace weir::serve {
namespace {

using DataRouteTest = GatewayFixture;

TEST_F(DataRouteTest, a_filters_time_counts_with_its_offset_or_in_the_workspaces_zone) {
  expect_times_of_berlin("/api/v1/data/delays", "moment.gte");
}

TEST_F(DataRouteTest, rows_come_in_the_order_of_the_key_with_their_page) {
  EXPECT_EQ(get("/api/v1/data/delays").body,
            R"({"code":200,"message":"success","data":[)"
            R"({"origin":"ATL","delay":-3,"moment":"2001-01-03T10:00:00.5Z"},)"
            R"({"origin":"LAX","delay":9,"moment":"2001-01-02T00:00:00Z"},)"
            R"({"origin":"SFO","delay":null,"moment":"2001-01-01T00:00:00Z"}],)"
            R"("page":{"limit":100,"offset":0,"next":null}})");
}

TEST_F(DataRouteTest, options_filter_order_select_and_page) {
  struct Case {
    Query query;
    const char* data;
  };
  const Case cases[] = {
      {{{"origin", "SFO"}, {"select", "origin"}}, R"([{"origin":"SFO"}])"},
      {{{"delay.gte", "-3"}, {"select", "delay"}, {"order", "-delay"}},
       R"([{"delay":9},{"delay":-3}])"},
      {{{"delay.is", "null"}, {"select", "origin"}}, R"([{"origin":"SFO"}])"},
      {{{"order", "-delay"}, {"select", "delay"}, {"limit", "2"}}, R"([{"delay":9},{"delay":-3}])"},
      {{{"origin.in", "SFO,LAX"}, {"select", "origin"}}, R"([{"origin":"LAX"},{"origin":"SFO"}])"},
      {{{"origin.like", "%A%"}, {"select", "origin"}}, R"([{"origin":"ATL"},{"origin":"LAX"}])"},
      {{{"origin.ne", "ATL"}, {"select", "origin"}}, R"([{"origin":"LAX"},{"origin":"SFO"}])"},
      {{{"moment.lt", "2001-01-02T00:00:00Z"}, {"select", "origin"}}, R"([{"origin":"SFO"}])"},
      {{{"offset", "2"}, {"select", "origin"}}, R"([{"origin":"SFO"}])"},
      {{{"offset", "9"}}, "[]"},
      {{{"origin", "x' OR 1=1 --"}}, "[]"},
  };
  for (const Case& c : cases) {
    const net::Response response = get("/api/v1/data/delays", c.query);
    EXPECT_NE(response.body.find(R"("data":)" + std::string(c.data)), std::string::npos)
        << response.body;
  }
}

TEST_F(DataRouteTest, a_page_that_is_not_the_last_names_the_next) {
  EXPECT_NE(get("/api/v1/data/delays", {{"limit", "2"}})
                .body.find(R"("page":{"limit":2,"offset":0,"next":2})"),
            std::string::npos);
}

TEST_F(DataRouteTest, rows_come_as_csv_and_ndjson_too) {
  const Query query = {{"select", "origin,delay"}, {"limit", "2"}};
  const net::Response csv = get("/api/v1/data/delays", query, {{"accept", "text/csv"}});
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(csv.body, "origin,delay\r\nATL,-3\r\nLAX,9\r\n");
  EXPECT_EQ(header(csv, "X-Page"), R"({"limit":2,"offset":0,"next":2})");
  const net::Response ndjson =
      get("/api/v1/data/delays", query, {{"accept", "text/html, application/x-ndjson;q=0.9"}});
  EXPECT_EQ(ndjson.content_type, "application/x-ndjson");
  EXPECT_EQ(ndjson.body, "{\"origin\":\"ATL\",\"delay\":-3}\n{\"origin\":\"LAX\",\"delay\":9}\n");
  for (const char* accept : {"", "image/png", "text/csv;q=0.5, application/json", "*/*"}) {
    EXPECT_EQ(get("/api/v1/data/delays", query, {{"accept", accept}}).content_type,
              "application/json")
        << accept;
  }
}

TEST_F(DataRouteTest, a_wrong_question_is_refused_by_name) {
  struct Case {
    Query query;
    const char* message;
  };
  const Case cases[] = {
      {{{"orign", "SFO"}},
       R"(delays has no column or option \"orign\"; did you mean \"origin\"?",)"},
      {{{"delay", "abc"}}, R"(delay is of type SMALLINT, not \"abc\")"},
      {{{"delay.gte", "1.5"}}, R"(delay.gte is of type SMALLINT, not \"1.5\")"},
      {{{"delay.in", "1,99999"}}, R"(delay.in is of type SMALLINT, not \"99999\")"},
      {{{"moment.gt", "yesterday"}}, R"(moment.gt is of type TIMESTAMP, not \"yesterday\")"},
      {{{"delay.like", "1%"}}, "delay.like is not possible: delay is a SMALLINT, no text"},
      {{{"limit", "10001"}}, "limit is a whole number from 1 to 10000"},
      {{{"limit", "1"}, {"limit", "2"}}, "limit is given twice"},
      {{{"select", "origin,origin"}}, "select names origin twice"},
  };
  for (const Case& c : cases) {
    const net::Response response = get("/api/v1/data/delays", c.query);
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.body.find(c.message), std::string::npos) << response.body;
    EXPECT_NE(response.body.find(R"("error":"INVALID_QUERY")"), std::string::npos);
  }
}

TEST_F(DataRouteTest, only_tables_that_the_token_may_read_are_answered) {
  use_token({"read:delays"});
  EXPECT_EQ(get("/api/v1/data/delays").status, 200);
  const net::Response denied = get("/api/v1/data/secret");
  EXPECT_EQ(denied.status, 403);
  EXPECT_NE(denied.body.find("read:secret"), std::string::npos);
  // What there is not is answered as what may not be read, a source too.
  for (const char* name : {"flights", "inside", "nowhere", "late(nowhere)", "late(flights)"}) {
    const net::Response hidden = get(fmt::format("/api/v1/data/{}", name));
    EXPECT_EQ(hidden.status, 403);
    EXPECT_NE(hidden.body.find(fmt::format("this token may not read {}; it needs the scope", name)),
              std::string::npos)
        << hidden.body;
  }
  EXPECT_NE(get("/api/v1/data/delay").body.find(R"(did you mean \"delays\"?)"), std::string::npos);
  EXPECT_EQ(get("/api/v1/data/secre").body.find("secret"), std::string::npos);
  use_token({"read:*"});
  EXPECT_EQ(get("/api/v1/data/nowhere").status, 404);
  EXPECT_NE(get("/api/v1/data/nowhere").body.find(R"(\"nowhere\"; GET /weir/v1/tables lists them)"),
            std::string::npos);
  use_token({"read:flights"});
  EXPECT_NE(get("/api/v1/data/flights").body.find("a source; read it with POST /weir/v1/sql"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::serve
