#include <gtest/gtest.h>

#include "sql/plan.h"

namespace weir::sql {
namespace {

Readable source(const std::vector<std::string>& columns) {
  auto schema = std::make_shared<Schema>();
  schema->columns.push_back({"t", Type{.id = TypeId::timestamp}});
  for (const std::string& name : columns) {
    schema->columns.push_back({name, Type{.id = TypeId::bigint}});
  }
  return {.name = "events", .schema = std::move(schema), .event_time = "t"};
}

std::variant<Plan, std::vector<SqlMistake>> compiled(const std::string& sql,
                                                     const std::vector<Readable>& names,
                                                     bool emit_changes = false) {
  return compile(sql, names, {.emit_changes = emit_changes});
}

Plan plan_of(const std::string& sql, const std::vector<Readable>& names,
             bool emit_changes = false) {
  auto result = compiled(sql, names, emit_changes);
  if (const auto* mistakes = std::get_if<1>(&result)) {
    ADD_FAILURE() << sql << ": " << mistakes->front().message;
    return {};
  }
  return std::get<0>(std::move(result));
}

std::string mistake_in(const std::string& sql, const std::vector<Readable>& names) {
  const auto result = compiled(sql, names);
  const auto* mistakes = std::get_if<1>(&result);
  return mistakes == nullptr ? "none" : mistakes->front().message;
}

const std::string counts =
    "SELECT window_start, a, count(*) AS n FROM tumble(events, t, INTERVAL 1 HOUR) "
    "WHERE b > 2 GROUP BY ALL";

TEST(Compile, MeansTheSameWithAColumnMoreAnywhere) {
  const std::vector<std::string> queries = {
      counts, "SELECT * FROM events",
      "SELECT window_end, sum(a) AS s FROM hop(events, t, INTERVAL 1 HOUR, INTERVAL 2 HOUR) "
      "GROUP BY ALL",
      "SELECT a, list(b) AS all_b FROM (SELECT a, b, now() AS seen FROM events) GROUP BY ALL"};
  for (const std::string& sql : queries) {
    const std::string hash = plan_of(sql, {source({"a", "b"})}).hash;
    EXPECT_EQ(plan_of(sql, {source({"new", "a", "b"})}).hash, hash) << sql;
    EXPECT_EQ(plan_of(sql, {source({"b", "new", "a"})}).hash, hash) << sql;
  }
}

TEST(Compile, MeansAnotherThingByAnotherColumnInTheSamePlace) {
  EXPECT_NE(plan_of("SELECT sum(a) AS s FROM events", {source({"a", "b"})}).hash,
            plan_of("SELECT sum(b) AS s FROM events", {source({"b", "a"})}).hash);
}

TEST(Compile, MeansTheSameByAnySqlThatKeepsNothing) {
  EXPECT_EQ(plan_of("SELECT a + 1 AS next FROM events", {source({"a", "b"})}).hash,
            plan_of("SELECT b FROM events WHERE a > 1", {source({"a", "b"})}).hash);
}

TEST(Compile, MeansAnotherThingByAnotherEmit) {
  const std::vector<Readable> names = {source({"a", "b"})};
  EXPECT_NE(plan_of(counts, names, false).hash, plan_of(counts, names, true).hash);
}

TEST(Compile, RefusesTheTimeOfAcceptanceOverRowsThatAreTakenBack) {
  Readable changing = source({"a", "b"});
  EXPECT_EQ(mistake_in("SELECT a, now() AS seen FROM events", {changing}), "none");
  changing.append_only = false;
  EXPECT_NE(mistake_in("SELECT a, now() AS seen FROM events", {changing}).find("takes rows back"),
            std::string::npos);
  EXPECT_NE(mistake_in("SELECT a FROM events WHERE current_date > DATE '2024-01-01'", {changing})
                .find("takes rows back"),
            std::string::npos);
}

TEST(Compile, RefusesWhatAnEventCouldMakeAsDeepOrAsLongAsItLikes) {
  const std::vector<Readable> names = {source({"a", "b"})};
  for (const char* expression :
       {"json_structure(a::varchar)", "json_merge_patch(a::varchar, '{}')",
        "from_json('1', a::varchar)", "a::json::variant IS NULL", "format('{:{}}', a, b)"}) {
    EXPECT_NE(mistake_in("SELECT " + std::string(expression) + " AS x FROM events", names), "none")
        << expression;
  }
  EXPECT_EQ(
      mistake_in("SELECT from_json(a::varchar, '{\"n\": \"INTEGER\"}') AS x FROM events", names),
      "none");
}

TEST(Compile, RefusesAHopThatPutsARowIntoTooManyWindows) {
  const auto hop = [](const std::string& slide, const std::string& size) {
    return mistake_in("SELECT window_start, count(*) AS n FROM hop(events, t, INTERVAL " + slide +
                          ", INTERVAL " + size + ") GROUP BY ALL",
                      {source({"a"})});
  };
  EXPECT_EQ(hop("1 SECOND", "10000 SECOND"), "none");
  EXPECT_EQ(hop("1 SECOND", "10001 SECOND"),
            "each row would be in 10001 windows, and 10000 are the most: make the slide larger");
  EXPECT_EQ(hop("1 MICROSECOND", "1 MONTH"),
            "each row would be in 2678400000000 windows, and 10000 are the most: make the slide "
            "larger");
}

TEST(Compile, RefusesWhatGrowsBeyondAllBoundsWhenItIsBound) {
  std::string doubling = "SELECT t, a FROM events";
  for (int i = 0; i < 40; ++i) doubling = "SELECT *, * FROM (" + doubling + ")";
  EXPECT_EQ(mistake_in(doubling, {source({"a"})}),
            "with every * written out, a SELECT here has more than 20000 columns: name those you "
            "want");
  std::string chain = "SELECT a FROM events WHERE a = 1";
  for (int i = 0; i < 5'001; ++i) chain += " OR a = 1";
  EXPECT_EQ(mistake_in(chain, {source({"a"})}),
            "these are 5001 ANDs and ORs, at most 5000 may be: write IN for a list of values");
}

TEST(Compile, RefusesAWindowOverWhatHasItsBoundsAlready) {
  Readable below = source({"a"});
  below.name = "below";
  below.kind = Readable::Kind::stream;
  auto schema = std::make_shared<Schema>(*below.schema);
  schema->columns.push_back({"Window_Start", Type{.id = TypeId::timestamp}});
  below.schema = schema;
  EXPECT_EQ(mistake_in("SELECT window_start, count(*) AS n FROM tumble(below, t, INTERVAL 1 HOUR) "
                       "GROUP BY ALL",
                       {below}),
            "what tumble reads has a column Window_Start already, which would be taken for its "
            "window's: give it another name in a WITH before, or where it is made");
  EXPECT_EQ(mistake_in("WITH b AS (SELECT t, a FROM below) SELECT window_start, count(*) AS n FROM "
                       "tumble(b, t, INTERVAL 1 HOUR) GROUP BY ALL",
                       {below}),
            "none");
}

TEST(Compile, KnowsWhatItReadsBehindAWithOfTheSameName) {
  const std::string sql = "WITH events AS (SELECT t, a FROM events) SELECT a FROM events";
  EXPECT_EQ(plan_of(sql, {source({"a"})}).reads, (std::vector<std::string>{"events"}));
  Readable table = source({"a"});
  table.kind = Readable::Kind::table;
  EXPECT_EQ(mistake_in(sql, {table}),
            "\"events\" is a table that streams write: read the stream itself");
}

TEST(Compile, SaysWhyAGroupThatChangesIsNotByAnIntervalOrACollation) {
  const auto grouped_by = [](const std::string& key) {
    return mistake_in("SELECT " + key + " AS k, count(*) AS n FROM events GROUP BY k",
                      {source({"a"})});
  };
  EXPECT_EQ(grouped_by("(t - TIMESTAMP '2020-01-01')"),
            "rows of this result change, and intervals that differ may be one group, as 1 day and "
            "24 hours are: GROUP BY epoch(...) of it, which is a number, and select that");
  EXPECT_EQ(grouped_by("epoch(t - TIMESTAMP '2020-01-01')"), "none");
  EXPECT_EQ(grouped_by("CAST(a AS VARCHAR) COLLATE nocase"),
            "rows of this result change, and texts that differ may be one group by their "
            "collation: GROUP BY lower(...), and select that");
  EXPECT_EQ(grouped_by("lower(CAST(a AS VARCHAR))"), "none");
  EXPECT_EQ(mistake_in("SELECT count(*) AS n FROM events GROUP BY a", {source({"a"})}),
            "rows of this result change, so it must have all columns of its GROUP BY");
}

TEST(Compile, RefusesDistinctByACollation) {
  EXPECT_EQ(
      mistake_in("SELECT DISTINCT CAST(a AS VARCHAR) COLLATE nocase AS a FROM events",
                 {source({"a"})}),
      "DISTINCT by a collation is not possible in a stream: write lower(...), or GROUP BY it");
}

TEST(Compile, RefusesWindowsThatCannotBeLaidOut) {
  const auto window = [](const std::string& call) {
    return mistake_in("SELECT window_start, count(*) AS n FROM " + call + " GROUP BY ALL",
                      {source({"a"})});
  };
  const std::string of_months =
      "windows that begin with a month have no shift: leave it out, or count them in days";
  EXPECT_EQ(window("tumble(events, t, INTERVAL 1 MONTH, shift := INTERVAL 1 DAY)"), of_months);
  EXPECT_EQ(window("hop(events, t, INTERVAL 1 MONTH, INTERVAL 1 YEAR, shift := INTERVAL 1 DAY)"),
            of_months);
  EXPECT_EQ(window("hop(events, t, INTERVAL 7 DAY, INTERVAL 1 MONTH, shift := INTERVAL 1 DAY)"),
            "none");
  const std::string too_long = "a window's size, slide and shift are 10,000 years at most";
  EXPECT_EQ(window("tumble(events, t, INTERVAL 9999 YEAR)"), "none");
  EXPECT_EQ(window("tumble(events, t, INTERVAL 10001 YEAR)"), too_long);
  EXPECT_EQ(window("tumble(events, t, INTERVAL 106751992 DAY)"), too_long);
  EXPECT_EQ(window("tumble(events, t, INTERVAL 1 DAY, shift := INTERVAL (-2147483647) DAY)"),
            too_long);
}

TEST(Compile, RefusesRowNumbersInAnyCase) {
  for (const char* name : {"rowid", "ROWID", "events.RowId", "\"ROWID\""}) {
    EXPECT_EQ(mistake_in(std::string("SELECT ") + name + " AS r FROM events", {source({"a"})}),
              "a stream's rows have no rowid");
  }
}

TEST(Compile, RefusesTwoColumnsOfOneNameInAnyCase) {
  EXPECT_EQ(mistake_in("SELECT a, t AS \"A\" FROM events", {source({"a"})}),
            "two columns are named \"A\", whatever their case: give one another name with AS");
}

TEST(Compile, RefusesAStructureWithoutNamesAndSaysHowToNameThem) {
  const auto result = compiled("SELECT a, row(a, b) AS r FROM events", {source({"a", "b"})});
  const auto* mistakes = std::get_if<1>(&result);
  ASSERT_NE(mistakes, nullptr);
  EXPECT_EQ(mistakes->front().offset, 10U);
  EXPECT_EQ(mistakes->front().message,
            "the fields of this structure have no names, so it cannot be kept: write "
            "struct_pack(k := k, v := v) with names of yours in place of row(k, v)");
  EXPECT_EQ(mistake_in("SELECT row(a, b) = row(b, a) AS same FROM events", {source({"a", "b"})}),
            "none");
  EXPECT_EQ(mistake_in("SELECT {'x': a, 'y': b} AS r FROM events", {source({"a", "b"})}), "none");
}

}  // namespace
}  // namespace weir::sql
