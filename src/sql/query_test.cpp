#include "sql/query.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace weir::sql {
namespace {

std::shared_ptr<const Schema> schema(const std::vector<std::pair<std::string, std::string>>& list) {
  Schema made;
  for (const auto& [name, type] : list) made.columns.push_back({name, parse_type(type).value()});
  return std::make_shared<const Schema>(std::move(made));
}

class QueryTest : public testing::Test {
 protected:
  QueryCheck check(std::string_view sql, const std::vector<Field>& parameters = {}) {
    return checker_.check(sql, parameters);
  }
  std::vector<std::string> reads(std::string_view sql) {
    const QueryCheck checked = check(sql);
    if (const auto* mistakes = std::get_if<1>(&checked)) return {"! " + mistakes->front().message};
    return std::get<0>(checked).reads;
  }
  SqlMistake mistake(std::string_view sql, const std::vector<Field>& parameters = {}) {
    const QueryCheck checked = check(sql, parameters);
    if (checked.index() == 0) return {"no mistake", 0};
    return std::get<1>(checked).front();
  }

  const std::vector<Readable> names_ = {
      {"flights", Readable::Kind::source,
       schema({{"date", "timestamp"}, {"origin", "varchar"}, {"delay", "smallint"}}), "date"},
      {"delays", Readable::Kind::table, schema({{"origin", "varchar"}, {"flights", "bigint"}}), {}},
      {"late(delays)", Readable::Kind::table, schema({{"delay", "smallint"}}), {}},
      {"quarantine(flights)", Readable::Kind::table, schema({{"reason", "varchar"}}), {}},
      {"secret", Readable::Kind::table, schema({{"x", "integer"}}), {}}};
  QueryChecker checker_ = QueryChecker::open(names_).value();
};

using Names = std::vector<std::string>;

TEST_F(QueryTest, everything_that_is_read_is_named) {
  struct Case {
    const char* sql;
    Names reads;
  };
  const Case cases[] = {
      {"SELECT 1", {}},
      {"FROM flights", {"flights"}},
      {"SELECT * FROM FLIGHTS f JOIN delays USING (origin);", {"delays", "flights"}},
      {"SELECT window_start, count(*) FROM tumble(flights, date, INTERVAL 1 HOUR) GROUP BY ALL",
       {"flights"}},
      {"SELECT * FROM hop(flights, date, INTERVAL 1 HOUR, INTERVAL 2 HOURS, shift := INTERVAL 1 "
       "MINUTE)",
       {"flights"}},
      {"WITH f AS (SELECT * FROM flights) FROM tumble(f, date, INTERVAL 1 DAY)", {"flights"}},
      {"FROM late('delays')", {"late(delays)"}},
      {"FROM quarantine('flights'), range(3), unnest([1])", {"quarantine(flights)"}},
      {"SELECT (SELECT max(x) FROM secret) FROM delays", {"delays", "secret"}},
      {"SELECT * FROM delays WHERE flights IN (SELECT x FROM secret)", {"delays", "secret"}},
      {"WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) FROM t, secret",
       {"secret"}},
      {"SELECT * FROM json_each('[1]')", {}},
      {"VALUES (1)", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(reads(c.sql), c.reads) << c.sql;
}

TEST_F(QueryTest, no_name_hides_behind_another) {
  EXPECT_EQ(reads("WITH secret AS (SELECT * FROM secret) FROM secret"), Names{"secret"});
  EXPECT_EQ(reads("WITH a AS (SELECT * FROM secret), delays AS (FROM a) FROM delays"),
            Names{"secret"});
  EXPECT_EQ(reads("SELECT x FROM tumble(['secret'], TIMESTAMP '2001-01-01', INTERVAL 1 DAY)"),
            Names{"secret"});
}

TEST_F(QueryTest, what_acts_or_looks_outside_is_refused) {
  for (const char* sql : {"",
                          "SELECT 1; SELECT 2",
                          "INSERT INTO delays VALUES ('a', 1)",
                          "DROP TABLE delays",
                          "ATTACH 'x.db'",
                          "PRAGMA database_list",
                          "SET threads = 1",
                          "COPY delays TO 'x'",
                          "INSTALL httpfs",
                          "LOAD httpfs",
                          "CALL pragma_version()",
                          "EXPLAIN SELECT 1",
                          "CREATE TABLE t AS SELECT 1",
                          "VACUUM",
                          "CHECKPOINT",
                          "SHOW TABLES",
                          "DESCRIBE delays",
                          "FROM read_csv('/etc/passwd')",
                          "FROM '/etc/passwd'",
                          "FROM read_text('/etc/passwd')",
                          "FROM glob('*')",
                          "FROM parquet_scan('x')",
                          "FROM postgres_scan('a', 'b', 'c')",
                          "FROM duckdb_settings()",
                          "FROM duckdb_settings",
                          "FROM information_schema.tables",
                          "FROM sqlite_master",
                          "FROM pg_catalog.pg_tables",
                          "FROM query('SELECT 1')",
                          "FROM query_table('secret')",
                          "FROM main.delays",
                          "FROM memory.main.delays",
                          "WITH duckdb_tables AS (FROM duckdb_tables) FROM duckdb_tables",
                          "WITH sqlite_master AS (FROM sqlite_master) FROM sqlite_master",
                          "WITH \"/etc/passwd\" AS (FROM \"/etc/passwd\") FROM \"/etc/passwd\"",
                          "SELECT current_setting('threads')",
                          "SELECT getenv('HOME')",
                          "SELECT 'HOME'.getenv()",
                          "SELECT getvariable('x')",
                          "SELECT version()",
                          "SELECT * FROM late(origin)",
                          "FROM late('secret')",
                          "FROM late('x') || ''",
                          "FROM \"weir relation flights\"()",
                          "FROM tumble('/etc/passwd', date, INTERVAL 1 DAY)",
                          "FROM json_execute_serialized_sql(json_serialize_sql('FROM secret'))",
                          "SELECT nextval('s')",
                          "SELECT format('{:.1000000000f}', 1.0)",
                          "SELECT system.main.printf('%.1000000000f', 1.0)",
                          "SELECT format(origin, 1) FROM delays",
                          "SELECT list_transform([1], lambda x: format('{:{}}', x, 9))",
                          "SELECT * FROM range(length(printf('%*d', 9, 1)))",
                          "SELECT json_structure(origin) FROM delays",
                          "SELECT json_contains(origin, '1') FROM delays",
                          "SELECT from_json('1', repeat('[', 100000))",
                          "SELECT origin::json::VaRiAnT FROM delays",
                          "SELECT TRY_CAST(origin AS STRUCT(a VARIANT[])) FROM delays",
                          "SELECT variant_typeof(origin) FROM delays",
                          "SELECT ? + 1",
                          "SELECT $1"}) {
    EXPECT_EQ(check(sql).index(), 1) << sql;
  }
}

std::string nested(int levels, const std::string& before, const std::string& behind) {
  std::string sql = "SELECT 1 AS x";
  for (int i = 0; i < levels; ++i) sql = before + sql + behind;
  return sql;
}

TEST_F(QueryTest, what_grows_beyond_all_bounds_when_it_is_bound_is_refused) {
  std::string doubling = "WITH a0 AS (SELECT 1 AS x)";
  for (int i = 0; i < 40; ++i) {
    doubling += fmt::format(", a{} AS (SELECT * FROM a{} p, a{} q)", i + 1, i, i);
  }
  std::string lambdas;
  for (int i = 0; i < 20; ++i) lambdas += "list_transform([1], lambda y: ";
  const std::string recursive = "WITH RECURSIVE r AS (" + nested(14, "SELECT *, * FROM (", ")") +
                                " UNION ALL " + nested(14, "SELECT *, * FROM (", ", r)") +
                                ") SELECT 1 FROM r";
  for (const std::string& sql :
       {doubling + " SELECT count(*) FROM a40", nested(40, "SELECT *, * FROM (", ")"),
        nested(40, "SELECT COLUMNS(*), * FROM (", ")"),
        "SELECT " + lambdas + "1" + std::string(20, ')'),
        nested(40, "WITH a AS (", ") SELECT a.*, b.* FROM a, a b"), recursive}) {
    const QueryCheck refused = check(sql);
    ASSERT_EQ(refused.index(), 1) << sql;
    const std::string& message = std::get<1>(refused).front().message;
    EXPECT_TRUE(message.find("more than 20000 columns") != std::string::npos ||
                message.find("20 lambdas") != std::string::npos)
        << message;
  }
  std::string many = "SELECT 1";
  for (int i = 0; i < 1'000; ++i) many += " UNION ALL SELECT 1";
  EXPECT_NE(std::get<1>(check(many)).front().message.find("1001 SELECTs"), std::string::npos);
  EXPECT_EQ(check(nested(200, "SELECT * FROM (", ")")).index(), 0);
}

TEST_F(QueryTest, what_cannot_be_read_is_refused_without_words_of_the_engine) {
  std::string sum = "SELECT 1";
  for (int i = 0; i < 1'500; ++i) sum += " + 1";
  std::string lists = "1";
  for (int i = 0; i < 600; ++i) lists = "[" + lists + "]";
  for (const std::string& sql : {sum, "SELECT " + lists, nested(6'000, "SELECT * FROM (", ")")}) {
    EXPECT_EQ(mistake(sql).message.find("too much stands within one another here"), 0U)
        << mistake(sql).message;
  }
  EXPECT_EQ(mistake("SELECT 1e999").message.find("a number here is beyond"), 0U);
}

TEST_F(QueryTest, conditions_of_too_many_terms_are_refused_before_they_are_parsed) {
  const auto chain = [](std::size_t terms, const char* word) {
    std::string sql = "SELECT * FROM delays WHERE flights = 0";
    for (std::size_t i = 1; i < terms; ++i) sql += fmt::format(" {} flights = 1", word);
    return sql;
  };
  EXPECT_EQ(check(chain(2'000, "aNd")).index(), 0);
  for (const char* word : {"and", "OR"}) {
    EXPECT_EQ(mistake(chain(60'000, word)).message,
              "these are 59999 ANDs and ORs, at most 5000 may be: write IN for a list of values");
  }
  EXPECT_EQ(check("SELECT '" + chain(60'000, "and") + "' AS words").index(), 0);
}

TEST_F(QueryTest, many_mistakes_are_found_in_the_time_of_few) {
  std::string sql = "SELECT 1";
  for (int i = 0; i < 50'000; ++i) sql += fmt::format(", $p{}", i);
  const QueryCheck refused = check(sql);
  ASSERT_EQ(refused.index(), 1);
  EXPECT_EQ(std::get<1>(refused).size(), 100U);
}

TEST_F(QueryTest, a_mistake_has_its_place_and_says_how_to_mend_it) {
  struct Case {
    const char* sql;
    const char* message;
    std::size_t offset;
  };
  const Case cases[] = {
      {"SELECT * FROM flight", "there is no table or source \"flight\"; did you mean \"flights\"?",
       14},
      {"FROM late('delay')",
       "there is no table or source \"late(delay)\"; did you mean \"late(delays)\"?", 10},
      {"SELECT 1, getenv('a')", "getenv() tells of the server, not of data", 10},
      {"SELECT $sinec", "there is no parameter $sinec; did you mean \"since\"?", 7},
      {"SELECT 1 AS a, 2 AS a", "two columns are named \"a\": give one another name with AS", 12},
      {"SELECT 1; SELECT 2",
       "write one SELECT, and nothing after it: SQL here reads, it changes nothing", 0},
      {" -- SET\n;/* x */", "there is no SQL: write one SELECT", 0},
      {"/* here */ SET threads = 4",
       "write one SELECT: the engine's settings are not for queries, and those of the server stand "
       "in weir.yaml",
       0},
      {"insert INTO delays VALUES (1)",
       "write one SELECT: rows come in as events, through `weir send` or POST /ingest/SOURCE", 0},
      {"CREATE VIEW v AS SELECT 1",
       "write one SELECT: tables and streams are declared in the workspace's files; `weir new` "
       "writes such a file",
       0},
      {"DELETE FROM delays",
       "write one SELECT: rows go by the `retention` of their source or table, or all at once with "
       "`weir drop`",
       0},
      {"SELECT read_text('x')",
       "read_text() reads files, which SQL here does not: declare one as a table with `from: "
       "{file: "
       "...}`, or send its rows with `weir send`",
       7},
      {"FROM read_csv('x')",
       "read_csv() reads files, which SQL here does not: declare one as a table with `from: {file: "
       "...}`, or send its rows with `weir send`",
       5},
      {"FROM 'x.csv'",
       "\"x.csv\" is a file, and SQL here reads none: declare it as a table with `from: {file: "
       "...}`, or send its rows with `weir send`",
       5},
      {"FROM read_counts", "there is no table or source \"read_counts\"", 5},
      {"FROM quarantine(flights)", "put quotes around the name: quarantine('flights')", 16},
  };
  const std::vector<Field> parameters = {{"since", parse_type("timestamp").value()}};
  for (const Case& c : cases) {
    const SqlMistake found = mistake(c.sql, parameters);
    EXPECT_EQ(found.message, c.message) << c.sql;
    EXPECT_EQ(found.offset, c.offset) << c.sql;
  }
}

TEST_F(QueryTest, places_behind_parameters_are_those_of_the_users_text) {
  const std::vector<Field> parameters = {{"since", parse_type("timestamp").value()}};
  const std::string sql =
      "SELECT '$since', $since AS s, $$ $since $$ FROM delays WHERE orign = 'a'";
  EXPECT_EQ(mistake(sql, parameters).offset, sql.find("orign"));
}

TEST_F(QueryTest, parameters_have_the_types_they_are_declared_with) {
  const std::vector<Field> parameters = {{"since", parse_type("timestamp").value()},
                                         {"unused", parse_type("integer").value()},
                                         {"limit", parse_type("integer").value()}};
  const QueryCheck checked = check(
      "SELECT origin, $since AS since FROM flights WHERE date >= $since LIMIT $limit", parameters);
  ASSERT_EQ(checked.index(), 0) << std::get<1>(checked).front().message;
  const CheckedQuery& query = std::get<0>(checked);
  EXPECT_EQ(query.parameters, (Names{"since", "limit"}));
  EXPECT_EQ(*query.result, *schema({{"origin", "varchar"}, {"since", "timestamp"}}));
}

TEST_F(QueryTest, conditions_of_more_values_than_an_index_is_asked_for_are_left_out) {
  const auto values_of = [&](std::size_t in, std::size_t equal) {
    std::string sql = "FROM delays WHERE flights IN (0";
    for (std::size_t i = 1; i < in; ++i) sql += ", " + std::to_string(i);
    sql += ')';
    for (std::size_t i = 0; i < equal; ++i) sql += " AND flights = 1";
    std::size_t values = 0;
    const CheckedQuery query = std::get<0>(check(sql));
    for (const TableConditions& table : query.conditions) {
      for (const ColumnCondition& one : table.conditions) values += one.values.size();
    }
    return values;
  };
  EXPECT_EQ(values_of(condition_values_max, 0), condition_values_max);
  EXPECT_EQ(values_of(condition_values_max + 1, 0), 0);
  EXPECT_EQ(values_of(condition_values_max + 1, 2), 2);
  EXPECT_EQ(values_of(2, condition_values_max), condition_values_max);
}

TEST_F(QueryTest, row_numbers_are_those_of_the_whole_table) {
  const auto conditions = [&](const std::string& columns) {
    const QueryCheck checked = check("SELECT " + columns + " FROM delays WHERE origin = 'SFO'");
    return std::get<0>(checked).conditions.size();
  };
  EXPECT_EQ(conditions("flights"), 1U);
  EXPECT_EQ(conditions("rowid"), 0U);
  EXPECT_EQ(conditions("ROWID"), 0U);
}

TEST_F(QueryTest, a_mistake_does_not_spoil_the_next_query) {
  EXPECT_EQ(check("SELECT nope FROM delays").index(), 1);
  EXPECT_EQ(reads("FROM delays"), Names{"delays"});
}

TEST(CheckQuery, checks_one_query_over_its_own_names) {
  const auto checked =
      check_query("FROM t", {{"t", Readable::Kind::table, schema({{"a", "integer"}}), {}}}, {});
  ASSERT_EQ(checked.index(), 0);
  EXPECT_EQ(std::get<0>(checked).reads, Names{"t"});
}

}  // namespace
}  // namespace weir::sql
