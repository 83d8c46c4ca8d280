#include "workspace/loader_test.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace weir::workspace {
namespace {

using namespace std::chrono_literals;

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
  EXPECT_EQ(stream.start_at, Instant(978'278'400s));  // midnight in Shanghai
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
            (std::vector<std::string>{R"({"date":"2001-01-01 00:10:00","origin":"SFO","delay":4})",
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
       {"a.yaml",
        "source: a\nfrom: {http: {}}\nschema: {x: int}\nretention: 3d\n---\n"
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
      {{{"weir.yaml", "weir: 2\nname: t\n"}},
       "weir.yaml:1:7: weir: must be between 1 and 1, not 2\n"},
      {{{"weir.yaml", "weir: 1\nname: t\ntime_zone: Mars\nhttp: {listen: here}\ndata: .\n"}},
       "weir.yaml:3:12: time_zone: \"Mars\" is no time zone: write one such as UTC or "
       "Asia/Shanghai\n"
       "weir.yaml:4:16: http.listen: \"here\" is no address and port, such as 127.0.0.1:8080\n"
       "weir.yaml:5:7: data: it needs a folder of its own, such as data\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "weir: 1\nname: u\n"}},
       "b.yaml:1:1: weir.yaml has this already: a workspace has it once\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "source: {\n"}},
       "b.yaml:2:1: this is no YAML: end of map flow not found\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "test: a\nsteps: []\n---\n,\n"}},
       "b.yaml:4:1: this is no YAML: a value is missing here\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "- a\n"}},
       "b.yaml:1:1: a document begins with its kind and name, such as source: flights\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "sorce: a\n"}},
       "b.yaml:1:1: there is no kind \"sorce\"; did you mean \"source\"?\n"},
      {{{"weir.yaml", "weir: 1\nname: t\n"}, {"b.yaml", "nonsense: a\n"}},
       "b.yaml:1:1: there is no kind \"nonsense\"; a document begins with weir, source, stream, "
       "table, api or test\n"},
  };
  for (const auto& [files, mistakes] : cases) EXPECT_EQ(mistakes_of(files), mistakes);
  EXPECT_NE(mistakes_of(std::map<std::string, std::string>{})
                .find("weir.yaml:1:1: there is no such file in "),
            std::string::npos);
}

TEST(Loader, the_data_folder_is_found_whatever_is_wrong_in_other_files) {
  const TemporaryWorkspace folder(
      {{"weir.yaml", "weir: 1\nname: t\ndata: kept/here/\n"}, {"bad.yaml", "foo: bar\n"}});
  const auto data = find_data_folder(folder.path());
  const auto* path = std::get_if<std::filesystem::path>(&data);
  ASSERT_NE(path, nullptr);
  EXPECT_EQ(*path, std::filesystem::weakly_canonical(folder.path()) / "kept" / "here");
  const std::map<std::string, std::string> files{{"weir.yaml", "weir: 1\nname: t\ndta: x\n"}};
  const TemporaryWorkspace broken(files);
  const auto refused = find_data_folder(broken.path());
  ASSERT_NE(std::get_if<std::vector<Mistake>>(&refused), nullptr);
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
  const TemporaryWorkspace folder(
      {{"weir.yaml", weir}, {"a.yaml", source + "${WEIR_TEST_PATH}/b\n"}});
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

TEST(Loader, describes_all_kinds_in_one_schema) {
  const std::string schema = json_schema();
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const bool escaped = i > 0 && schema[i - 1] == '\\' && (i < 2 || schema[i - 2] != '\\');
    if (schema[i] == '"' && !escaped) quoted = !quoted;
    if (!quoted)
      depth += (schema[i] == '{' || schema[i] == '[') - (schema[i] == '}' || schema[i] == ']');
    ASSERT_TRUE(depth > 0 || schema.size() - i <= 2);
  }
  EXPECT_EQ(depth, 0);
  EXPECT_FALSE(quoted);
  for (const char* kind : {"weir", "source", "stream", "table", "api", "test"}) {
    EXPECT_NE(schema.find(std::string("\"properties\": {\"") + kind + "\": {"), std::string::npos);
    EXPECT_NE(schema.find(std::string("\"required\": [\"") + kind + "\""), std::string::npos);
  }
}

TEST(Loader, describes_every_setting_on_one_page) {
  const std::string page = settings_page();
  for (const char* row :
       {"| `weir` | a whole number | required | Version of the workspace's format. Must be between "
        "1 and 1. |",
        "| `lateness` | a duration such as 250ms, 5s, 10m, 2h or 7d | `5s` | How far behind the "
        "newest event an event may come. |",
        "| `unknown_fields` | ignore, keep or quarantine | `ignore` |", "| `emit_interval` |"}) {
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace weir::workspace
