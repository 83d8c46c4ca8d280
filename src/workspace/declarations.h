// What a workspace's files declare, as plain values. Nothing here runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/event_rules.h"
#include "core/schema.h"

namespace weir::workspace {

// Where something stands in the user's files.
struct Place {
  std::string file;  // relative to the workspace
  int line = 0;      // from 1
  int column = 0;    // from 1
};

// Bytes of SQL that stand side by side in one line of a file.
struct SqlRun {
  std::size_t offset = 0;  // of the first of them in the text
  int line = 0;
  int column = 0;
};

// SQL that knows where it was written, so that a mistake inside it can be shown there.
struct SqlText {
  std::string text;
  Place place;               // of its first byte
  std::vector<SqlRun> runs;  // in the order of the text; empty: all of it stands at `place`
};

// Where the value of each of a resource's keys stands.
using KeyPlaces = std::map<std::string, Place>;

struct Retention {
  std::optional<std::chrono::seconds> time;
  std::optional<std::size_t> bytes;
};

struct Source {
  std::string name;
  std::string path;  // empty, or a second address of its own
  EventRules rules;
  std::chrono::microseconds lateness = std::chrono::seconds(5);
  std::optional<std::chrono::microseconds> idle;
  std::chrono::microseconds max_ahead = std::chrono::hours(24);
  Retention retention{std::chrono::hours(7 * 24), std::nullopt};
  std::vector<std::string> browser_origins;  // empty: no beacons
  Place place;
  KeyPlaces places;
};

enum class Emit : std::uint8_t { automatic, close, changes };

struct Stream {
  std::string name;
  SqlText sql;
  Emit emit = Emit::automatic;
  std::chrono::microseconds emit_interval = std::chrono::seconds(1);
  std::optional<std::chrono::microseconds> state_ttl;
  bool unbounded_state = false;
  int parallelism = 1;
  enum class Start : std::uint8_t { earliest, latest, at } start = Start::earliest;
  std::optional<Instant> start_at;
  std::vector<std::string> into;  // tables; empty: only other streams read it
  Place place;
  KeyPlaces places;
};

struct Table {
  std::string name;
  std::vector<std::string> key;
  std::vector<std::vector<std::string>> indexes;
  std::optional<std::chrono::seconds> retention;
  std::filesystem::path file;  // a static table's, absolute; empty: written by streams
  Place place;
  KeyPlaces places;
};

struct ApiParameter {
  std::string name;
  Type type;
  bool required = false;
  std::optional<std::string> default_value, min, max;
};

struct Api {
  std::string name;
  std::string path;  // "/origins/worst"
  int version = 1;
  std::vector<ApiParameter> parameters;
  SqlText sql;
  std::optional<std::chrono::microseconds> cache;
  Place place;
  KeyPlaces places;
};

// One step of a workspace test.
struct TestSend {
  std::string source;
  std::vector<std::string> events;  // JSON objects
};
struct TestWatermark {
  std::string source;
  std::optional<Instant> at;  // nothing: the end
};
struct TestExpect {
  std::string relation;           // "t", "late(s)", "quarantine(s)"
  std::vector<std::string> rows;  // JSON objects; columns not named are not compared
};
struct Test {
  std::string name;
  std::vector<std::variant<TestSend, TestWatermark, TestExpect>> steps;
  Place place;
};

struct Workspace {
  std::filesystem::path folder;
  std::string name;
  std::filesystem::path data;  // absolute
  std::string listen = "127.0.0.1:8080";
  std::string time_zone = "UTC";
  std::chrono::microseconds checkpoint_interval = std::chrono::seconds(5);
  std::vector<Source> sources;
  std::vector<Stream> streams;
  std::vector<Table> tables;
  std::vector<Api> apis;
  std::vector<Test> tests;
  Place place;  // of what weir.yaml says
  KeyPlaces places;
  // Names whose documents have mistakes and are left out: what reads them is not judged by that.
  std::set<std::string> broken;
};

struct Mistake {
  Place place;
  std::string message;
};

}  // namespace weir::workspace
