#include "serve/sql_route.h"

#include <fmt/format.h>

#include "core/json_text.h"
#include "serve/gateway_test.h"

namespace weir::serve {
namespace {

class SqlRouteTest : public GatewayFixture {
 protected:
  net::Response ask(const std::string& sql) {
    return post("/weir/v1/sql", R"({"sql": )" + json_string(sql) + "}");
  }
};

TEST_F(SqlRouteTest, answers_a_list_of_row_objects) {
  EXPECT_EQ(ask("SELECT origin, delay + 1 AS more FROM delays ORDER BY ALL LIMIT 1;").body,
            R"({"code":200,"message":"success","data":[{"origin":"ATL","more":-2}]})");
}

TEST_F(SqlRouteTest, reads_sources_windows_and_what_was_set_aside) {
  EXPECT_NE(ask("SELECT window_start, count(*) AS n FROM tumble(flights, date, INTERVAL 1 HOUR) "
                "GROUP BY ALL")
                .body.find(R"([{"window_start":"1970-01-01T01:00:00Z","n":1}])"),
            std::string::npos);
  EXPECT_NE(ask("SELECT a.origin FROM late('delays') a, quarantine('flights') b")
                .body.find(R"([{"origin":"SFO"}])"),
            std::string::npos);
}

TEST_F(SqlRouteTest, reads_only_what_the_token_may_read) {
  use_token({"read:flights"});
  struct Case {
    const char* sql;
    int status;
  };
  const Case cases[] = {
      {"SELECT 1 AS one", 200},
      {"SELECT * FROM flights", 200},
      {"SELECT * FROM quarantine('flights')", 200},
      {"SELECT * FROM late('delays')", 200},
      {"SELECT * FROM delays", 403},
      {"SELECT * FROM secret", 403},
      {"SELECT * FROM SECRET", 403},
      {"SELECT f.* FROM flights f JOIN secret ON true", 403},
      {"WITH secret AS (SELECT * FROM secret) SELECT * FROM secret", 400},
      {"WITH flights AS (SELECT * FROM secret) SELECT * FROM flights", 403},
      {"SELECT (SELECT max(x) FROM secret) AS x", 403},
      {"SELECT * FROM flights WHERE EXISTS (FROM secret WHERE x > 0)", 403},
      {"SELECT x FROM tumble(['secret'], TIMESTAMP '2001-01-01', INTERVAL 1 DAY)", 400},
      {"SELECT * FROM inside", 403},
  };
  for (const Case& c : cases) {
    const net::Response response = ask(c.sql);
    EXPECT_EQ(response.status, c.status) << c.sql << response.body;
    EXPECT_EQ(response.body.find("it needs the scope") != std::string::npos, c.status == 403);
  }
}

// Also where the text hides the name, names a column wrongly, or is longer than it would be.
TEST_F(SqlRouteTest, tells_nothing_of_what_the_token_may_not_read) {
  use_token({"read:delays"});
  for (std::string sql :
       {"SELECT * FROM #",
        "SELECT * FROM late('#')",
        "SELECT (SELECT max(y) FROM #) AS y",
        "SELECT y FROM delays JOIN # USING (nothing)",
        "WITH # AS (FROM #) SELECT y FROM #",
        "WITH a AS (SELECT y FROM #), # AS (SELECT 1) FROM a",
        "SELECT y FROM main.#",
        "FROM tumble(['#'], moment, INTERVAL 1 DAY)",
        "FROM tumble(#, moment, INTERVAL 1 DAY)",
        "FROM tumble(main.#, moment, INTERVAL 1 DAY)",
        "FROM tumble(ts := delays, t := #, size := INTERVAL 1 DAY)",
        "FROM tumble(ts := delays, t := '#', size := INTERVAL 1 DAY)",
        "FROM tumble(trim('# '), moment, INTERVAL 1 DAY)",
        "FROM hop(['#'], y, INTERVAL 1 DAY, INTERVAL 1 DAY, shift := INTERVAL 1 HOUR)",
        "FROM delays PIVOT (max(y) FOR z IN (SELECT y FROM #))",
        "PIVOT # ON y",
        "FROM quarantine('#')",
        "SELECT #.y FROM delays",
        "FROM \"late(#)\"",
        "SELECT nextval('#')",
        "SELECT CAST(1 AS #)",
        "SELECT #(1)",
        "FROM #(1)",
        "SELECT 1 COLLATE #",
        "WITH # AS (FROM late('#')) FROM #",
        "FROM late('main.#')",
        "SELECT * FROM delays POSITIONAL JOIN (DESCRIBE #)",
        "FROM query_table('#')",
        "WITH b AS (WITH # AS (TABLE #) TABLE #) FROM b"}) {
    const auto named = [&](const std::string& name) {
      std::string text = sql;
      for (auto at = text.find('#'); at != std::string::npos; at = text.find('#')) {
        text.replace(at, 1, name);
      }
      return text;
    };
    for (const char* path : {"/weir/v1/sql", "/weir/v1/explain"}) {
      const auto answer = [&](const std::string& name) {
        net::Response response = post(path, R"({"sql": )" + json_string(named(name)) + "}");
        for (auto at = response.body.find(name); at != std::string::npos;
             at = response.body.find(name)) {
          response.body.replace(at, name.size(), "#");
        }
        return fmt::format("{} {}", response.status, response.body);
      };
      EXPECT_EQ(answer("secret"), answer("nobody")) << sql;
      EXPECT_EQ(answer("flights"), answer("nowhere")) << sql;
      EXPECT_EQ(answer("secret").find("200"), std::string::npos) << sql;
    }
  }
  EXPECT_NE(ask("SELECT * FROM delay").body.find(R"(did you mean \"delays\"?)"), std::string::npos);
  EXPECT_EQ(ask("SELECT * FROM secre").body.find("secret"), std::string::npos);
  EXPECT_EQ(ask("SELECT x FROM delays").body.find("secret"), std::string::npos);
  use_token({"read:*"});
  EXPECT_EQ(ask("SELECT * FROM secret").status, 200);
}

TEST_F(SqlRouteTest, refuses_what_is_no_plain_read_with_place_and_words) {
  for (const char* sql :
       {"SELECT 1; SELECT 2", "DROP TABLE delays", "INSERT INTO delays VALUES (1)", "ATTACH 'x'",
        "PRAGMA version", "SET threads = 9", "COPY delays TO '/tmp/x'",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM postgres_scan('a', 'b', 'c')", "SELECT * FROM duckdb_settings()",
        "SELECT current_setting('threads')", "SELECT getenv('HOME')", "SELECT $1",
        "SELECT * FROM \"weir relation flights\"()"}) {
    const net::Response response = ask(sql);
    EXPECT_EQ(response.status, 400) << sql << response.body;
    EXPECT_NE(response.body.find(R"("error":"INVALID_SQL")"), std::string::npos) << response.body;
  }
  EXPECT_NE(
      ask("SELECT *\nFROM delay")
          .body.find(R"(2:6: there is no table or source \"delay\"; did you mean \"delays\"?)"),
      std::string::npos);
}

// Late rows have all columns of what the stream reads, also those that its result leaves out.
TEST_F(SqlRouteTest, rows_left_out_are_read_with_the_scope_of_the_input) {
  use_token({"read:delays"});
  EXPECT_EQ(ask("SELECT * FROM delays").status, 200);
  const net::Response refused = ask("SELECT * FROM late('delays')");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("it needs the scope read:flights"), std::string::npos)
      << refused.body;
  EXPECT_EQ(ask("SELECT * FROM quarantine('flights')").status, 403);
}

TEST_F(SqlRouteTest, refuses_a_body_that_is_no_query) {
  for (const char* body :
       {"", "SELECT 1", "{}", R"({"sql": 1})", R"({"sql": "SELECT 1", "x": 1})", R"(["sql"])"}) {
    EXPECT_EQ(post("/weir/v1/sql", body).status, 400) << body;
  }
  net::Request unknown_option = request("POST", "/weir/v1/sql", {{"limit", "3"}});
  unknown_option.body = R"({"sql": "SELECT 1"})";
  EXPECT_EQ(send(unknown_option).get().status, 400);
  net::Request packed = request("POST", "/weir/v1/sql");
  packed.headers.emplace_back("content-encoding", "gzip");
  EXPECT_EQ(send(packed).get().status, 415);
}

TEST_F(SqlRouteTest, an_answer_is_whole_or_refused) {
  EXPECT_EQ(ask("SELECT range AS r FROM range(100000)").status, 200);
  for (const char* sql : {"SELECT range AS r FROM range(100001)",
                          "SELECT repeat('x', 10000) AS r FROM range(10000)"}) {
    const net::Response response = ask(sql);
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.body.find("RESULT_TOO_LARGE"), std::string::npos);
  }
}

TEST_F(SqlRouteTest, a_row_that_an_expression_fails_on_fails_the_query_with_its_words) {
  const net::Response response = ask("SELECT CAST(origin AS INTEGER) AS n FROM delays");
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("QUERY_FAILED"), std::string::npos) << response.body;
  EXPECT_NE(response.body.find("Could not convert string"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace weir::serve
