#include "workspace/compiled.h"

#include <gtest/gtest.h>

#include <map>

#include "workspace/loader_test.h"

namespace weir::workspace {
namespace {

constexpr const char* flights = R"(source: flights
from: http
schema: {date: timestamp, delay: smallint, origin: varchar}
event_time: date
---
)";

std::variant<CompiledWorkspace, std::vector<Mistake>> compile_files(
    const std::map<std::string, std::string>& files) {
  const TemporaryWorkspace folder(files);
  auto loaded = load(folder.path());
  if (auto* mistakes = std::get_if<1>(&loaded)) return std::move(*mistakes);
  return compile(std::get<0>(std::move(loaded)));
}

std::variant<CompiledWorkspace, std::vector<Mistake>> compile_text(const std::string& documents) {
  return compile_files({{"weir.yaml", "weir: 1\nname: t\n"},
                        {"a.yaml", flights + documents},
                        {"airports.csv", "iata,city\nSFO,San Francisco\nLAX,Los Angeles\n"},
                        {"twice.csv", "iata,city\nSFO,a\nSFO,b\n"}});
}

std::string mistakes_of_compiling(const std::string& documents) {
  const auto compiled = compile_text(documents);
  const auto* mistakes = std::get_if<1>(&compiled);
  return mistakes == nullptr ? "" : text_of(*mistakes);
}

CompiledWorkspace compiled(const std::string& documents) {
  auto result = compile_text(documents);
  if (const auto* mistakes = std::get_if<1>(&result)) {
    ADD_FAILURE() << text_of(*mistakes);
    return {};
  }
  return std::get<0>(std::move(result));
}

const std::string hourly =
    "SELECT window_start, window_end, origin, count(*) AS flights FROM tumble(flights, date, "
    "INTERVAL 1 HOUR) GROUP BY ALL\n";

TEST(Compile, the_first_example_becomes_a_table_with_final_rows) {
  const CompiledWorkspace workspace = compiled(
      "stream: by_origin\nsql: " + hourly +
      "into: by_origin\n---\ntable: by_origin\nkey: [window_start, origin]\nindexes: [[origin]]\n"
      "retention: 365d\n---\napi: worst\npath: /worst\nsql: SELECT * FROM by_origin\n");
  ASSERT_EQ(workspace.streams.size(), 1U);
  EXPECT_FALSE(workspace.streams[0].emit_changes);
  ASSERT_EQ(workspace.tables.size(), 1U);
  const StreamTable& table = workspace.tables[0];
  EXPECT_EQ(table.schema->columns.size(), 4U);
  EXPECT_EQ(table.key, (std::vector<std::size_t>{0, 2}));
  EXPECT_TRUE(table.rows_are_final);
  EXPECT_EQ(table.event_time, 0U);
  EXPECT_EQ(table.streams, std::vector<std::string>{"by_origin"});
  ASSERT_EQ(workspace.apis.size(), 1U);
  EXPECT_EQ(workspace.apis[0].reads, std::vector<std::string>{"by_origin"});
}

TEST(Compile, a_grouped_result_is_keyed_by_its_groups_and_any_other_appends) {
  const CompiledWorkspace workspace =
      compiled("stream: w\nsql: " + hourly + "into: w\n---\nstream: c\nsql: " + hourly +
               "emit: changes\ninto: c\n---\nstream: g\nsql: SELECT origin, count(*) AS n FROM "
               "flights GROUP BY ALL\nstate_ttl: 7d\ninto: g\n---\nstream: a\nsql: SELECT origin, "
               "date FROM flights\ninto: [a, b]\n---\nstream: unread\nsql: SELECT 1 AS x FROM a\n");
  ASSERT_EQ(workspace.tables.size(), 5U);
  const auto key = [&](std::size_t table) { return workspace.tables[table].key; };
  EXPECT_EQ(key(0), (std::vector<std::size_t>{0, 2}));
  EXPECT_TRUE(workspace.tables[0].rows_are_final);
  EXPECT_EQ(key(1), (std::vector<std::size_t>{0, 2}));
  EXPECT_FALSE(workspace.tables[1].rows_are_final);
  EXPECT_EQ(key(2), (std::vector<std::size_t>{0}));
  EXPECT_FALSE(workspace.tables[2].rows_are_final);
  EXPECT_TRUE(key(3).empty());
  EXPECT_TRUE(key(4).empty());
  std::map<std::string, bool> emit_changes;
  for (const auto& stream : workspace.streams) {
    emit_changes[stream.declared.name] = stream.emit_changes;
  }
  EXPECT_EQ(emit_changes,
            (std::map<std::string, bool>{
                {"w", false}, {"c", true}, {"g", true}, {"a", true}, {"unread", true}}));
}

TEST(Compile, a_stream_stands_behind_those_it_reads) {
  const CompiledWorkspace workspace = compiled(
      "stream: last\nsql: SELECT origin FROM middle\n---\nstream: middle\nsql: SELECT origin FROM "
      "first\n---\nstream: first\nsql: SELECT origin FROM flights\n");
  ASSERT_EQ(workspace.streams.size(), 3U);
  EXPECT_EQ(workspace.streams[0].declared.name, "first");
  EXPECT_EQ(workspace.streams[1].declared.name, "middle");
  EXPECT_EQ(workspace.streams[2].declared.name, "last");
}

TEST(Compile, a_stream_over_closed_windows_follows_their_start) {
  const CompiledWorkspace workspace = compiled(
      "stream: hours\nsql: SELECT window_start AS hour, count(*) AS n FROM tumble(flights, date, "
      "INTERVAL 1 HOUR) GROUP BY ALL\n---\nstream: days\nsql: SELECT window_start, sum(n) AS n "
      "FROM tumble(hours, hour, INTERVAL 1 DAY) GROUP BY ALL\ninto: days\n");
  ASSERT_EQ(workspace.streams.size(), 2U);
  EXPECT_TRUE(workspace.streams[1].plan.windowed);
  EXPECT_EQ(workspace.tables[0].key, std::vector<std::size_t>{0});
}

TEST(Compile, a_static_table_is_read_whole_and_joined) {
  const CompiledWorkspace workspace = compiled(
      "table: airports\nfrom: {file: airports.csv}\nkey: [iata]\n---\nstream: s\nsql: SELECT date, "
      "city FROM flights JOIN airports ON origin = iata\ninto: s\n");
  ASSERT_EQ(workspace.static_tables.size(), 1U);
  const StaticTable& table = workspace.static_tables[0];
  EXPECT_EQ(table.key, (std::vector<std::size_t>{0}));
  ASSERT_EQ(table.batches.size(), 1U);
  EXPECT_EQ(table.batches[0]->rows(), 2U);
  EXPECT_EQ(table.batches[0]->column(1).string(1), "Los Angeles");
}

TEST(Compile, several_streams_may_append_to_one_table) {
  const CompiledWorkspace workspace = compiled(
      "stream: a\nsql: SELECT origin FROM flights\ninto: t\n---\nstream: b\nsql: SELECT origin "
      "FROM flights WHERE delay > 0\ninto: t\n");
  ASSERT_EQ(workspace.tables.size(), 1U);
  EXPECT_EQ(workspace.tables[0].streams, (std::vector<std::string>{"a", "b"}));
}

TEST(Compile, a_declared_key_over_rows_that_only_come_need_not_be_unique) {
  const CompiledWorkspace workspace = compiled(
      "stream: a\nsql: SELECT origin, date FROM flights\ninto: a\n---\ntable: a\nkey: [origin]\n");
  EXPECT_EQ(workspace.tables[0].key, (std::vector<std::size_t>{0}));
  EXPECT_FALSE(workspace.tables[0].rows_are_final);
}

TEST(Compile, an_api_may_read_late_and_refused_rows) {
  const CompiledWorkspace workspace =
      compiled("stream: s\nsql: " + hourly +
               "into: s\n---\napi: a\npath: /a\nsql: SELECT origin, delay FROM late('s')\n---\n"
               "api: b\npath: /b\nsql: SELECT code, bytes FROM quarantine('flights')\n---\n"
               "api: c\npath: /c\nsql: SELECT reason, row FROM quarantine('s')\n");
  ASSERT_EQ(workspace.apis.size(), 3U);
  EXPECT_EQ(workspace.apis[0].reads, std::vector<std::string>{"late(s)"});
  EXPECT_EQ(workspace.apis[1].reads, std::vector<std::string>{"quarantine(flights)"});
  EXPECT_EQ(workspace.apis[2].reads, std::vector<std::string>{"quarantine(s)"});
}

TEST(Compile, checks_sql_beside_documents_with_mistakes_and_not_what_reads_them) {
  const TemporaryWorkspace folder({{"weir.yaml", "weir: 1\nname: t\n"},
                                   {"a.yaml",
                                    "source: good\nfrom: http\nschema: {x: int}\n---\n"
                                    "source: bad\nfrom: http\nschema: {x: innt}\n---\n"
                                    "sorce: typo\n---\n"
                                    "stream: wrong\nsql: SELECT y FROM good\ninto: wrong\n---\n"
                                    "stream: a\nsql: SELECT x FROM bad\ninto: a\n---\n"
                                    "stream: b\nsql: SELECT x FROM typo\ninto: b\n---\n"
                                    "stream: c\nsql: SELECT x FROM good\nemit: x\ninto: c\n---\n"
                                    "table: c\nkey: [x]\n---\n"
                                    "api: p\npath: /p\nsql: SELECT x FROM c, a, b\n---\n"
                                    "api: q\npath: /q\nsql: SELECT z FROM nowhere\n"}});
  const auto compiled = compile_folder(folder.path());
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&compiled);
  ASSERT_NE(mistakes, nullptr);
  std::vector<int> lines;
  for (const Mistake& mistake : *mistakes) lines.push_back(mistake.place.line);
  EXPECT_EQ(lines, (std::vector<int>{7, 9, 12, 25, 37})) << text_of(*mistakes);
}

TEST(Compile, refuses_what_cannot_run) {
  const std::string grouped = "SELECT origin, count(*) AS n FROM flights GROUP BY origin\n";
  const std::string stream = "stream: s\nsql: " + grouped + "state_ttl: 1d\ninto: t\n---\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"stream: s\nsql: " + grouped,
       "a.yaml:7:48: without a window this keeps every key for ever: group with tumble or hop, or "
       "set state_ttl, or write unbounded_state: allow\n"},
      {"stream: s\nsql: SELECT origin, count(*) AS n FROM tumble(flights, date, INTERVAL 1 HOUR) "
       "GROUP BY origin\n",
       "a.yaml:7:79: without a window this keeps every key for ever: add window_start to GROUP "
       "BY, or set state_ttl, or write unbounded_state: allow\n"},
      {"stream: s\nsql: SELECT origin, count(DISTINCT date) AS n FROM flights GROUP BY origin\n",
       "a.yaml:7:60: without a window this keeps every key for ever, and all different values of "
       "each for count(): group with tumble or hop, or set state_ttl, or write unbounded_state: "
       "allow\n"},
      {"stream: s\nsql: SELECT origin, count(DISTINCT date) AS n, median(date) AS m FROM flights "
       "GROUP BY origin\n",
       "a.yaml:7:79: without a window this keeps every key for ever, and all rows of each for "
       "count(): group with tumble or hop, or set state_ttl, or write unbounded_state: allow\n"},
      {"stream: s\nsql: SELECT DISTINCT origin FROM flights\n",
       "a.yaml:7:13: without a window this keeps every key for ever: group with tumble or hop, or "
       "set state_ttl, or write unbounded_state: allow\n"},
      {"stream: s\nsql: " + grouped + "unbounded_state: allow\nemit: close\n",
       "a.yaml:9:7: emit: close needs a window that is over some time: group with tumble or hop, "
       "or write changes\n"},
      {"stream: a\nsql: SELECT * FROM b\n---\nstream: b\nsql: SELECT * FROM a\n---\n"
       "stream: c\nsql: SELECT * FROM a\n",
       "a.yaml:10:20: a stream cannot read its own result: a <- b <- a\n"},
      {"stream: a\nsql: SELECT * FROM a\ninto: a\n",
       "a.yaml:7:20: a stream cannot read its own result: a <- a\n"},
      {"stream: a\nsql: SELECT * FROM flight\n---\nstream: b\nsql: SELECT * FROM a\n",
       "a.yaml:7:20: there is no source, stream or table \"flight\"; did you mean \"flights\"?\n"},
      {"stream: a\nsql: SELECT * FROM t\n---\nstream: b\nsql: SELECT * FROM flights\ninto: t\n",
       "a.yaml:7:20: \"t\" is a table that streams write: read the stream itself\n"},
      {"stream: s\nsql: SELECT count(*) AS n FROM flights\ninto: t\n",
       "a.yaml:8:7: into: rows of this result change, and nothing tells them apart: group by a "
       "column, or give table \"t\" a key\n"},
      {stream + "table: t\nkey: [orign]\n",
       "a.yaml:12:6: key: there is no column \"orign\"; did you mean \"origin\"?\n"},
      {stream + "table: t\nkey: [n]\n",
       "a.yaml:12:6: key: rows of this result change, so the key must have origin\n"},
      {stream + "table: t\nindexes: [[m]]\n",
       "a.yaml:12:10: indexes: there is no column \"m\"; did you mean \"n\"?\n"},
      {"stream: s\nsql: SELECT window_start, origin, count(*) AS n FROM tumble(flights, date, "
       "INTERVAL 1 HOUR) GROUP BY ALL\ninto: t\n---\ntable: t\nkey: [window_start]\n",
       "a.yaml:11:6: key: rows of a group have no order, so the key must have window_start, "
       "origin\n"},
      {"stream: s\nsql: SELECT window_start, count(*) AS n FROM tumble(flights, date, INTERVAL 1 "
       "HOUR) GROUP BY window_start, origin\ninto: t\n---\ntable: t\nkey: [window_start]\n",
       "a.yaml:11:6: key: nothing that this grouped result selects is unique: select all columns "
       "of its GROUP BY, and put a join or unnest behind it into a stream of its own\n"},
      {stream + "table: t\nretention: 1d\n",
       "a.yaml:12:12: retention: it counts by event time, and this result has none: select "
       "window_start, or the source's event_time\n"},
      {"stream: s\nsql: SELECT [origin] AS list FROM flights\ninto: t\n---\ntable: t\nkey: "
       "[list]\n",
       "a.yaml:11:6: key: \"list\" is VARCHAR[]: a key has no lists, structures or maps\n"},
      {stream + "stream: r\nsql: SELECT origin, delay FROM flights\ninto: t\n",
       "a.yaml:13:7: into: \"t\" is keyed by origin, so one stream alone writes it, and \"s\" "
       "does\n"
       "a.yaml:13:7: into: stream \"s\" gives \"t\" other columns: column 2 is n BIGINT there, and "
       "delay SMALLINT here\n"},
      {"table: t\nfrom: {file: airports.csv}\nkey: [code]\n",
       "a.yaml:8:6: key: there is no column \"code\"\n"},
      {"table: t\nfrom: {file: twice.csv}\nkey: [iata]\n",
       "a.yaml:8:6: key: \"SFO\" stands in several rows of twice.csv\n"},
      {"table: t\nfrom: {file: a.yaml}\n",
       "a.yaml:7:7: from: a.yaml: it is no .csv, .tsv, .json, .ndjson or .parquet file\n"},
      {"api: a\npath: /a\nsql: SELECT * FROM airprots\n---\ntable: airports\nfrom: {file: "
       "airports.csv}\n",
       "a.yaml:8:20: there is no table or source \"airprots\"; did you mean \"airports\"?\n"},
      {"stream: s\nsql: SELECT * FROM nothing\ninto: t\n---\napi: a\npath: /a\nsql: SELECT * FROM "
       "t\n",
       "a.yaml:7:20: there is no source, stream or table \"nothing\"\n"},
  };
  for (const auto& [text, mistakes] : cases) {
    EXPECT_EQ(mistakes_of_compiling(text), mistakes) << text;
  }
}

TEST(Compile, shows_a_mistake_in_sql_where_it_stands_in_the_file) {
  const std::string unknown = ": there is no source, stream or table \"x\"\n";
  const struct {
    std::string text, place;
  } cases[] = {
      {"stream: s\nsql: SELECT * FROM x\n", "a.yaml:7:20"},
      {"stream: s\nsql: |\n  SELECT *\n\n    FROM x\n", "a.yaml:10:10"},
      {"stream: s\nsql: |-\n      SELECT *\n        FROM x\n", "a.yaml:9:14"},
      {"stream: s\nsql: >\n  SELECT *\n  FROM\n  x\n", "a.yaml:10:3"},
      {"stream: s\nsql: SELECT *\n  FROM x\n", "a.yaml:8:8"},
      {"stream: s\nsql: 'SELECT '''',\n  * FROM x'\n", "a.yaml:8:10"},
      {"stream: s\nsql: \"SELECT '\\\"' AS a,\\n * FROM x\"\n", "a.yaml:7:34"},
      {"stream: s\nsql: &q |\n  SELECT *\n  FROM x\n", "a.yaml:9:8"},
  };
  for (const auto& [text, place] : cases) {
    EXPECT_EQ(mistakes_of_compiling(text), place + unknown) << text;
  }
}

TEST(Compile, shows_a_mistake_in_a_sql_file_there) {
  const auto result = compile_files({{"weir.yaml", "weir: 1\nname: t\n"},
                                     {"in/a.yaml", "stream: s\nsql_file: s.sql\n"},
                                     {"in/s.sql", "SELECT *\n  FROM x\n"}});
  ASSERT_EQ(result.index(), 1U);
  EXPECT_EQ(text_of(std::get<1>(result)),
            "in/s.sql:2:8: there is no source, stream or table \"x\"\n");
}

}  // namespace
}  // namespace weir::workspace
