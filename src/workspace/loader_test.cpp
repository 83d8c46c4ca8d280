#include "workspace/loader.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "workspace/temporary_workspace.h"

namespace weir::workspace {
namespace {

using namespace std::chrono_literals;

std::string mistakes_of(const std::map<std::string, std::string>& files) {
  const TemporaryWorkspace folder(files);
  const auto loaded = load(folder.path());
  if (std::holds_alternative<Workspace>(loaded)) return "";
  return text_of(std::get<1>(loaded));
}

// weir.yaml, and a file of these documents.
std::string mistakes_of(const std::string& documents) {
  return mistakes_of({{"weir.yaml", "weir: 1\nname: t\n"}, {"a.yaml", documents}});
}

constexpr const char* flights_source = R"(source: flights
from: http
path: /log
schema:
  date: timestamp
  delay: {type: smallint, min: -60, max: 2000, required: true}
  origin: varchar
  sent: {type: timestamp, from: "sentAt", format: epoch_ms}
  user: {type: 'decimal(12,2)', from: user.id, default: 1.5}
  tags: {type: 'varchar[]', from: [a.b, c]}
event_time: date
lateness: 10m
idle: 30s
max_ahead: 1d
unknown_fields: keep
retention: {time: 7d, size: 50GB}
browser: {origins: ["https://shop.example"]}
)";

TEST(Loader, reads_every_kind_with_all_its_settings) {
  const TemporaryWorkspace folder({
      {"weir.yaml", R"(weir: 1                                   # weir.yaml; format version
name: flights
data: data
http: {listen: 127.0.0.1:9090}
time_zone: Asia/Shanghai
checkpoint_interval: 10s
environment: [DB_HOST]
)"},
      {"sources/flights.yml", flights_source},
      {"all.yaml", R"(stream: delays_by_origin
sql: |
  SELECT window_start, window_end, origin, count(*) AS flights
  FROM tumble(flights, date, INTERVAL 1 HOUR)
  GROUP BY ALL
emit: close
emit_interval: 2s
state_ttl: 7d
parallelism: 2
start: 2001-01-01
into: delays_by_origin
---
table: delays_by_origin
key: [window_start, origin]
indexes: [[origin, window_start]]
retention: 365d
---
table: airports
from: {file: airports.csv}
key: [iata]
---
api: worst_origins
path: /origins/worst
version: 2
parameters:
  since: {type: timestamp, required: true}
  limit: {type: integer, default: 10, min: 1, max: 1000}
  origin: varchar
sql: SELECT 1
cache: 5s
---
test: a_late_flight_is_set_aside
steps:
  - send: {flights: [{date: 2001-01-01 00:10:00, origin: SFO, delay: 4}, {date: 2001-01-01 03:00:00, delay: 017}]}
  - watermark: {flights: end}
  - watermark: {flights: 2001-01-01T03:00:00Z}
  - expect:
      delays_by_origin: [{window_start: 2001-01-01 00:00:00, origin: "1", flights: null}]
      late(delays_by_origin): [{delay: 9}]
      quarantine(flights): []
)"},
      {"airports.csv", "iata\nSFO\n"},
      {"data/other.yaml", "nonsense: 1\n"},
      {".git/other.yaml", "nonsense: 1\n"},
  });
  const auto loaded = load(folder.path());
  ASSERT_TRUE(std::holds_alternative<Workspace>(loaded)) << text_of(std::get<1>(loaded));
  const Workspace& workspace = std::get<Workspace>(loaded);
  EXPECT_EQ(workspace.name, "flights");
  EXPECT_EQ(workspace.data, workspace.folder / "data");
  EXPECT_EQ(workspace.listen, "127.0.0.1:9090");
  EXPECT_EQ(workspace.checkpoint_interval, 10s);

  ASSERT_EQ(workspace.sources.size(), 1U);
  const Source& source = workspace.sources[0];
  EXPECT_EQ(source.path, "/log");
  ASSERT_EQ(source.rules.columns.size(), 6U);
  const ColumnRule& delay = source.rules.columns[1];
  EXPECT_EQ(delay.type.id, TypeId::smallint);
  EXPECT_EQ(delay.min, "-60");
  EXPECT_EQ(delay.max, "2000");
  EXPECT_TRUE(delay.required);
  EXPECT_EQ(source.rules.columns[3].path, std::vector<std::string>{"sentAt"});
  EXPECT_EQ(source.rules.columns[3].format, TimeFormat::epoch_ms);
  EXPECT_EQ(source.rules.columns[4].path, (std::vector<std::string>{"user", "id"}));
  EXPECT_EQ(source.rules.columns[4].default_value, "1.5");
  EXPECT_EQ(source.rules.columns[5].path, (std::vector<std::string>{"a.b", "c"}));
  EXPECT_EQ(source.rules.event_time, 0U);
  EXPECT_EQ(source.rules.time_zone, "Asia/Shanghai");
  EXPECT_EQ(source.rules.unknown_fields, UnknownFields::keep);
  EXPECT_EQ(source.lateness, 10min);
  EXPECT_EQ(source.idle, 30s);
  EXPECT_EQ(source.max_ahead, 24h);
  EXPECT_EQ(source.retention.time, 168h);
  EXPECT_EQ(source.retention.bytes, 50'000'000'000U);
  EXPECT_EQ(source.browser_origins, std::vector<std::string>{"https://shop.example"});

  ASSERT_EQ(workspace.streams.size(), 1U);
  const Stream& stream = workspace.streams[0];
  EXPECT_EQ(stream.emit, Emit::close);
  EXPECT_EQ(stream.emit_interval, 2s);
  EXPECT_EQ(stream.state_ttl, 168h);
  EXPECT_EQ(stream.parallelism, 2);
  EXPECT_EQ(stream.start, Stream::Start::at);
  EXPECT_EQ(stream.start_at, Instant(978'307'200s));
  EXPECT_EQ(stream.into, std::vector<std::string>{"delays_by_origin"});
  EXPECT_EQ(stream.sql.place.line, 3);
  EXPECT_EQ(stream.sql.place.column, 3);

  ASSERT_EQ(workspace.tables.size(), 2U);
  EXPECT_EQ(workspace.tables[0].key, (std::vector<std::string>{"window_start", "origin"}));
  EXPECT_EQ(workspace.tables[0].retention, 24h * 365);
  EXPECT_EQ(workspace.tables[1].file, workspace.folder / "airports.csv");

  ASSERT_EQ(workspace.apis.size(), 1U);
  EXPECT_EQ(workspace.apis[0].version, 2);
  ASSERT_EQ(workspace.apis[0].parameters.size(), 3U);
  EXPECT_EQ(workspace.apis[0].parameters[1].default_value, "10");
  EXPECT_EQ(workspace.apis[0].cache, 5s);

  ASSERT_EQ(workspace.tests.size(), 1U);
  const auto& steps = workspace.tests[0].steps;
  ASSERT_EQ(steps.size(), 6U);
  EXPECT_EQ(std::get<TestSend>(steps[0]).events,
            (std::vector<std::string>{
                R"({"date":"2001-01-01 00:10:00","origin":"SFO","delay":4})",
                R"({"date":"2001-01-01 03:00:00","delay":17})"}));
  EXPECT_EQ(std::get<TestWatermark>(steps[1]).at, std::nullopt);
  EXPECT_EQ(std::get<TestWatermark>(steps[2]).at, Instant(978'318'000s));
  EXPECT_EQ(std::get<TestExpect>(steps[3]).rows[0],
            R"({"window_start":"2001-01-01 00:00:00","origin":"1","flights":null})");
  EXPECT_EQ(std::get<TestExpect>(steps[4]).relation, "late(delays_by_origin)");
  EXPECT_TRUE(std::get<TestExpect>(steps[5]).rows.empty());
}

TEST(Loader, short_forms_mean_the_same_and_what_is_left_out_has_its_default) {
  const TemporaryWorkspace folder(
      {{"weir.yaml", "weir: 1\nname: t\n"},
       {"a.yaml", "source: a\nfrom: {http: {}}\nschema: {x: int}\nretention: 3d\n---\n"
                  "stream: s\nsql: SELECT x FROM a\ninto: [t, u]\nunbounded_state: allow\n"}});
  const auto loaded = load(folder.path());
  ASSERT_TRUE(std::holds_alternative<Workspace>(loaded)) << text_of(std::get<1>(loaded));
  const Workspace& workspace = std::get<Workspace>(loaded);
  EXPECT_EQ(workspace.listen, "127.0.0.1:8080");
  EXPECT_EQ(workspace.sources[0].retention.time, 72h);
  EXPECT_EQ(workspace.sources[0].lateness, 5s);
  EXPECT_EQ(workspace.sources[0].rules.event_time, std::nullopt);
  EXPECT_EQ(workspace.streams[0].into, (std::vector<std::string>{"t", "u"}));
  EXPECT_TRUE(workspace.streams[0].unbounded_state);
  EXPECT_EQ(workspace.streams[0].emit, Emit::automatic);
}

TEST(Loader, refuses_a_file_that_is_no_workspace) {
  const struct {
    std::map<std::string, std::string> files;
    std::string mistakes;
  } cases[] = {
      {{{"weir.yaml", "weir: 2\nname: t\n"}}, "weir.yaml:1:7: weir: must be between 1 and 1, not 2\n"},
      {{{"weir.yaml", "weir: 1\nname: t\ntime_zone: Mars\nhttp: {listen: here}\ndata: .\n"}},
       "weir.yaml:3:12: time_zone: \"Mars\" is no time zone: write one such as UTC or "
       "Asia/Shanghai\n"
       "weir.yaml:4:16: http.listen: \"here\" is no address and port, such as 127.0.0.1:8080\n"
       "weir.yaml:5:7: data: it needs a folder of its own, such as data\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "weir: 1\nname: u\n"}},
       "b.yaml:1:1: weir.yaml has this already: a workspace has it once\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "source: {\n"}},
       "b.yaml:2:1: this is no YAML: end of map flow not found\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "- a\n"}},
       "b.yaml:1:1: a document begins with its kind and name, such as source: flights\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "sorce: a\n"}},
       "b.yaml:1:1: there is no kind \"sorce\"; did you mean \"source\"?\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "nonsense: a\n"}},
       "b.yaml:1:1: there is no kind \"nonsense\"; a document begins with weir, source, stream, "
       "table, api or test\n"},
  };
  for (const auto& [files, mistakes] : cases) EXPECT_EQ(mistakes_of(files), mistakes);
  EXPECT_NE(mistakes_of(std::map<std::string, std::string>{}).find("weir.yaml:1:1: there is no such file in "), std::string::npos);
}

TEST(Loader, refuses_wrong_sources) {
  const std::string head = "source: a\nfrom: http\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"source: a\nfrom: mysql\nschema: {x: int}\n",
       "a.yaml:2:7: from: there is no connector \"mysql\": write http\n"},
      {"source: a\nfrom: {mysql: {host: h}}\nschema: {x: int}\n",
       "a.yaml:2:8: from: there is no connector \"mysql\": write http\n"},
      {"source: a\nfrom: {http: {port: 1}}\nschema: {x: int}\n",
       "a.yaml:2:15: from: unknown key \"port\": http has no settings here\n"},
      {"source: a\nschema: {x: int}\n", "a.yaml:1:1: \"from\" is missing: write http\n"},
      {head, "a.yaml:1:1: \"schema\" is missing: write a map of names, each a type, or a map with "
             "type, required, min ...\n"},
      {head + "schema: {}\n", "a.yaml:3:9: schema: a source has one column at least\n"},
      {head + "schema: {x: int}\nlatenes: 5s\n",
       "a.yaml:4:1: unknown key \"latenes\"; did you mean \"lateness\"?\n"},
      {head + "schema: {x: int}\nlateness: 5s\nlateness: 6s\n",
       "a.yaml:5:1: \"lateness\" stands here twice, first in line 4\n"},
      {head + "schema:\n  x: int\n  x: varchar\n",
       "a.yaml:5:3: schema: \"x\" stands here twice, first in line 4\n"},
      {head + "schema:\n  x: int\n  X: varchar\n",
       "a.yaml:5:3: schema: \"X\" differs from another column only in its case\n"},
      {head + "schema: {_extra: int}\n",
       "a.yaml:3:10: schema: \"_extra\" is a name that Weir gives itself\n"},
      {head + "schema: {x: innt}\n",
       "a.yaml:3:13: schema.x: \"innt\" is no type: use one of DuckDB's, such as bigint, double, "
       "varchar, timestamp\n"},
      {head + "schema: {x: {type: int, min: a}}\n", "a.yaml:3:30: min: \"a\" is no INTEGER\n"},
      {head + "schema: {x: {type: int, min: 1.5}}\n", "a.yaml:3:30: min: \"1.5\" is no INTEGER\n"},
      {head + "schema: {x: {type: tinyint, max: 300}}\n",
       "a.yaml:3:34: max: \"300\" is no TINYINT\n"},
      {head + "schema: {x: {type: int, min: 5, max: 4}}\n",
       "a.yaml:3:38: 5 is above 4: min, default and max must be in this order\n"},
      {head + "schema: {x: {type: int, max: 4, default: 9}}\n",
       "a.yaml:3:30: 9 is above 4: min, default and max must be in this order\n"},
      {head + "schema: {x: {type: varchar, min: a}}\n",
       "a.yaml:3:34: min: a bound is for numbers and times, and this is VARCHAR\n"},
      {head + "schema: {x: {type: boolean, default: yes}}\n",
       "a.yaml:3:38: default: \"yes\" is no BOOLEAN\n"},
      {head + "schema: {x: {type: int, required: yes}}\n",
       "a.yaml:3:35: schema.x.required: \"yes\" is neither true nor false\n"},
      {head + "schema: {x: {type: int, format: epoch_ms}}\n",
       "a.yaml:3:33: format: it is for timestamps, and this is INTEGER\n"},
      {head + "schema: {x: {type: timestamp, format: epoch}}\n",
       "a.yaml:3:39: schema.x.format: \"epoch\" is none of iso, epoch_s, epoch_ms or epoch_us\n"},
      {head + "schema: {x: {type: int, from: a..b}}\n",
       "a.yaml:3:31: schema.x.from: a field's name is empty: write a name, a path with dots, or a "
       "list\n"},
      {head + "schema: {x: {min: 1}}\n",
       "a.yaml:3:13: schema.x: \"type\" is missing: write a type such as bigint, varchar or "
       "timestamp\n"},
      {head + "schema: {date: int}\nevent_time: dat\n",
       "a.yaml:4:13: event_time: there is no column \"dat\"; did you mean \"date\"?\n"},
      {head + "schema: {x: int}\nevent_time: x\n",
       "a.yaml:4:13: event_time: \"x\" is INTEGER, and must be timestamp\n"},
      {head + "schema: {x: int}\npath: log\n",
       "a.yaml:4:7: path: \"log\" is no path such as /log or /shop/clicks\n"},
      {head + "schema: {x: int}\npath: /api/x\n", "a.yaml:4:7: path: \"/api\" is Weir's own\n"},
      {head + "schema: {x: int}\npath: /metrics\n",
       "a.yaml:4:7: path: \"/metrics\" is Weir's own\n"},
      {head + "schema: {x: int}\npath: /p\n---\nsource: b\nfrom: http\nschema: {x: int}\npath: /p\n",
       "a.yaml:9:7: path: \"/p\" is taken in a.yaml:4:7\n"},
      {head + "schema: {x: int}\nlateness: 5\n",
       "a.yaml:4:11: lateness: \"5\" is no duration: write a whole number and a unit, such as "
       "250ms, 5s, 10m, 2h or 7d\n"},
      {head + "schema: {x: int}\nretention: {size: 5}\n",
       "a.yaml:4:19: retention.size: \"5\" is no size: write a whole number and a unit, such as "
       "64KB, 500MB or 50GB\n"},
      {head + "schema: {x: int}\nbrowser: {origins: [\"https://shop.example/a\"]}\n",
       "a.yaml:4:21: browser.origins: \"https://shop.example/a\" is no origin such as "
       "https://shop.example, without a path\n"},
      {head + "schema: {x: int}\nlateness:\n",
       "a.yaml:4:1: lateness: has no value: write a duration such as 250ms, 5s, 10m, 2h or 7d\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

TEST(Loader, refuses_wrong_names) {
  const std::string rest = "\nfrom: http\nschema: {x: int}\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"source: Flights" + rest,
       "a.yaml:1:9: \"Flights\" is no name of a source: write small letters, digits and _, a "
       "letter first, 63 at most\n"},
      {"source: select" + rest,
       "a.yaml:1:9: \"select\" is a reserved word of SQL: name the source otherwise\n"},
      {"source: left" + rest,
       "a.yaml:1:9: \"left\" is a reserved word of SQL: name the source otherwise\n"},
      {"source: a" + rest + "---\nsource: a" + rest,
       "a.yaml:5:9: \"a\" is named already in a.yaml:1:9\n"},
      {"source: a" + rest + "---\nstream: a\nsql: SELECT 1\n",
       "a.yaml:5:9: \"a\" is named already in a.yaml:1:9\n"},
      {"stream: s\nsql: SELECT 1\n---\ntable: s\n",
       "a.yaml:4:8: \"s\" is a stream too: only a table that it writes has its name\n"},
      {"stream: s\nsql: SELECT 1\n---\nstream: r\nsql: SELECT 1\ninto: s\n",
       "a.yaml:6:7: into: \"s\" is a stream, named in a.yaml:1:9: write to a table\n"},
      {"source: a" + rest + "---\nstream: r\nsql: SELECT 1\ninto: a\n",
       "a.yaml:7:7: into: \"a\" is a source, named in a.yaml:1:9: write to a table\n"},
      {"test: t\nsteps: []\n---\ntest: t\nsteps: []\n",
       "a.yaml:4:7: \"t\" is named already in a.yaml:1:7\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

TEST(Loader, refuses_wrong_streams_and_tables) {
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {"stream: s\n", "a.yaml:1:1: \"sql\" is missing: write a SELECT\n"},
      {"stream: s\nsql: a\nsql_file: b\n", "a.yaml:1:1: write sql or sql_file, not both\n"},
      {"stream: s\nsql_file: b.sql\n",
       "a.yaml:2:11: there is no file \"b.sql\" in the workspace\n"},
      {"stream: s\nsql_file: ../b.sql\n", "a.yaml:2:11: \"../b.sql\" is outside the workspace\n"},
      {"stream: s\nsql_file: /etc/passwd\n",
       "a.yaml:2:11: \"/etc/passwd\" is outside the workspace\n"},
      {"stream: s\nsql: a\nemit: never\n",
       "a.yaml:3:7: emit: \"never\" is none of close or changes\n"},
      {"stream: s\nsql: a\nstart: yesterday\n",
       "a.yaml:3:8: start: \"yesterday\" is none of earliest, latest or a timestamp\n"},
      {"stream: s\nsql: a\nparallelism: 0\n",
       "a.yaml:3:14: parallelism: must be between 1 and 64, not 0\n"},
      {"stream: s\nsql: a\nunbounded_state: deny\n",
       "a.yaml:3:18: unbounded_state: \"deny\" is none of allow\n"},
      {"stream: s\nsql: a\nunbounded_state: allow\nstate_ttl: 1d\n",
       "a.yaml:3:18: unbounded_state: write it or state_ttl, not both\n"},
      {"stream: s\nsql: a\ninto: [t, {kafka: {topic: x}}]\n",
       "a.yaml:3:11: into: there is no sink \"kafka\": name a table\n"},
      {"stream: s\nsql: a\ninto: [t, t]\n", "a.yaml:3:11: into: \"t\" stands here twice\n"},
      {"stream: s\nsql: SELECT '${HOME}'\n",
       "a.yaml:2:6: variables do not stand inside SQL: write the value\n"},
      {"table: t\n", "a.yaml:1:8: no stream writes \"t\": name it under a stream's into, or give it "
                     "a file with from: {file: ...}\n"},
      {"table: t\nfrom: {file: no.csv}\n",
       "a.yaml:2:14: there is no file \"no.csv\" in the workspace\n"},
      {"table: t\nfrom: {source: a}\n",
       "a.yaml:2:7: from: \"file\" is missing: write a text\n"
       "a.yaml:2:8: from: unknown key \"source\"\n"},
      {"stream: s\nsql: a\ninto: t\n---\ntable: t\nkey: [a, a]\nindexes: [[]]\n",
       "a.yaml:6:10: key: \"a\" stands here twice\n"
       "a.yaml:7:10: indexes: an index has one column at least\n"},
      {"stream: s\nsql: a\ninto: t\n---\ntable: t\nkey: a\n",
       "a.yaml:6:6: key: must be a list, each a text, not a single value\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

TEST(Loader, refuses_wrong_apis_and_tests) {
  const std::string api = "api: a\nsql: SELECT 1\n";
  const std::string source = "source: clicks\nfrom: http\nschema: {x: int}\n---\n";
  const struct {
    std::string text, mistakes;
  } cases[] = {
      {api, "a.yaml:1:1: \"path\" is missing: write a text\n"},
      {api + "path: a\n", "a.yaml:3:7: path: \"a\" is no path such as /origins/worst\n"},
      {api + "path: /a//b\n", "a.yaml:3:7: path: \"/a//b\" is no path such as /origins/worst\n"},
      {api + "path: /data/x\n", "a.yaml:3:7: path: \"/data\" is Weir's own below /api\n"},
      {api + "path: /v2/x\n", "a.yaml:3:7: path: \"/v2\" is Weir's own below /api\n"},
      {api + "path: /x\nversion: 0\n",
       "a.yaml:4:10: version: must be between 1 and 1000, not 0\n"},
      {api + "path: /x\n---\napi: b\nsql: a\npath: /x\n",
       "a.yaml:7:7: path: \"/api/v1/x\" is taken in a.yaml:3:7\n"},
      {api + "path: /x\nparameters: {wait: int}\n",
       "a.yaml:4:14: parameters: \"wait\" is Weir's own on every read\n"},
      {api + "path: /x\nparameters: {A: int}\n",
       "a.yaml:4:14: parameters: \"A\" is no name: write small letters, digits and _\n"},
      {api + "path: /x\nparameters: {n: {type: int, default: ten}}\n",
       "a.yaml:4:38: default: \"ten\" is no INTEGER\n"},
      {api + "path: /x\nparameters: {n: {type: int, required: true, default: 1}}\n",
       "a.yaml:4:54: default: a required parameter has none\n"},
      {"test: t\nsteps:\n  - {}\n",
       "a.yaml:3:5: a step is one of send, watermark and expect\n"},
      {source + "test: t\nsteps:\n  - send: {clicks: []}\n    watermark: {clicks: end}\n",
       "a.yaml:7:5: a step is one of send, watermark and expect\n"},
      {source + "test: t\nsteps:\n  - send: {clik: [{x: 1}]}\n",
       "a.yaml:7:12: send: there is no source \"clik\"; did you mean \"clicks\"?\n"},
      {source + "test: t\nsteps:\n  - send: {clicks: [{x: 1, x: 2}]}\n",
       "a.yaml:7:28: steps.send.clicks: \"x\" stands here twice, first in line 7\n"},
      {source + "test: t\nsteps:\n  - watermark: {clicks: never}\n",
       "a.yaml:7:25: steps.watermark.clicks: \"never\" is no timestamp: write it like 2001-01-31 "
       "13:00:00\n"},
      {source + "test: t\nsteps:\n  - expect: {nothing: []}\n",
       "a.yaml:7:14: expect: there is no table \"nothing\"\n"},
      {source + "test: t\nsteps:\n  - expect: {late(clicks): []}\n",
       "a.yaml:7:14: expect: there is no stream \"clicks\"\n"},
      {source + "stream: s\nsql: a\n---\ntest: t\nsteps:\n  - expect: {s: []}\n",
       "a.yaml:10:14: expect: \"s\" is a stream without a table: give it into\n"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(mistakes_of(text), mistakes) << text;
}

TEST(Loader, says_the_mistakes_of_all_files_at_once_in_order) {
  EXPECT_EQ(mistakes_of({{"weir.yaml", "weir: 1\nname: t\n"},
                         {"b/x.yml", "source: a\nfrom: http\nschema: {x: innt}\nlatenes: 1s\n"},
                         {"a.yaml", "stream: s\nsql: a\nemit: x\n---\nsorce: s\n"}}),
            "a.yaml:3:7: emit: \"x\" is none of close or changes\n"
            "a.yaml:5:1: there is no kind \"sorce\"; did you mean \"source\"?\n"
            "b/x.yml:3:13: schema.x: \"innt\" is no type: use one of DuckDB's, such as bigint, "
            "double, varchar, timestamp\n"
            "b/x.yml:4:1: unknown key \"latenes\"; did you mean \"lateness\"?\n");
}

TEST(Loader, puts_in_environment_variables_that_are_listed) {
  setenv("WEIR_TEST_PATH", "/from_outside", 1);
  unsetenv("WEIR_TEST_ABSENT");
  const std::string weir = "weir: 1\nname: t\nenvironment: [WEIR_TEST_PATH, WEIR_TEST_ABSENT]\n";
  const std::string source = "source: a\nfrom: http\nschema: {x: int}\npath: ";
  const TemporaryWorkspace folder({{"weir.yaml", weir}, {"a.yaml", source + "${WEIR_TEST_PATH}/b\n"}});
  const auto loaded = load(folder.path());
  ASSERT_TRUE(std::holds_alternative<Workspace>(loaded)) << text_of(std::get<1>(loaded));
  EXPECT_EQ(std::get<Workspace>(loaded).sources[0].path, "/from_outside/b");

  EXPECT_EQ(mistakes_of({{"weir.yaml", weir}, {"a.yaml", source + "/x${HOME}\n"}}),
            "a.yaml:4:7: \"HOME\" is not listed under environment in weir.yaml\n");
  EXPECT_EQ(mistakes_of({{"weir.yaml", weir}, {"a.yaml", source + "/x${WEIR_TEST_ABSENT}\n"}}),
            "a.yaml:4:7: the environment variable WEIR_TEST_ABSENT is not set\n");
  EXPECT_EQ(mistakes_of({{"weir.yaml", weir}, {"a.yaml", source + "${secret:x}\n"}}),
            "a.yaml:4:7: path: this is no secret: write the value itself\n");
}

TEST(Loader, aliases_stand_for_what_they_name_but_not_without_end) {
  EXPECT_EQ(mistakes_of("source: a\nfrom: http\nschema: &columns {x: int}\n---\n"
                        "source: b\nfrom: http\nschema: {y: &kind bigint, z: *kind}\n"),
            "");
  std::string bomb = "test: t\nsteps: []\na: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "b" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  EXPECT_NE(mistakes_of(bomb).find("aliases bring more than 100000 values"), std::string::npos);
}

}  // namespace
}  // namespace weir::workspace
