#include "operate/platform_test.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

#include "net/http_client.h"
#include "operate/data_folder.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;

TEST_F(PlatformTest, CarriesEventsThroughStreamsOfStreamsIntoTables) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  send(*platform.value(), three_flights);
  const Position position = end(*platform.value());
  EXPECT_EQ(numbers(*platform.value(), "hourly", position, "SELECT flights FROM hourly"),
            (std::vector<std::int64_t>{2}));
  EXPECT_EQ(numbers(*platform.value(), "busy", position, "SELECT flights FROM busy"),
            (std::vector<std::int64_t>{2}));
}

TEST_F(PlatformTest, MakesHistoryAndWhatWasSetAsideReadable) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  send(*platform.value(), three_flights);
  end(*platform.value());
  const Position position =
      send(*platform.value(), R"({"date": "2001-01-01T00:15:00Z", "delay": 7, "origin": "SFO"})");
  EXPECT_EQ(numbers(*platform.value(), "flights", position, "SELECT count(*) FROM flights"),
            (std::vector<std::int64_t>{3}));
  EXPECT_EQ(numbers(*platform.value(), "quarantine(flights)", position,
                    "SELECT count(*) FROM quarantine('flights')"),
            (std::vector<std::int64_t>{1}));
  EXPECT_EQ(numbers(*platform.value(), "late(hourly)", position,
                    "SELECT delay::BIGINT FROM late('hourly')"),
            (std::vector<std::int64_t>{7}));
}

TEST_F(PlatformTest, GoesOnWhereItStopped) {
  {
    const auto platform = start();
    ASSERT_TRUE(platform.ok()) << platform.error().message;
    send(*platform.value(), three_flights);
    const auto drained = platform.value()->drain();
    EXPECT_TRUE(drained.ok()) << drained.error().message;
  }
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  send(*platform.value(), R"({"date": "2001-01-01T00:40:00Z", "delay": 1, "origin": "SFO"})");
  const Position position = end(*platform.value());
  EXPECT_EQ(numbers(*platform.value(), "hourly", position, "SELECT flights FROM hourly"),
            (std::vector<std::int64_t>{3}));
}

TEST_F(PlatformTest, LosesNothingWhenItStopsAtOnce) {
  {
    const auto platform = start();
    ASSERT_TRUE(platform.ok()) << platform.error().message;
    send(*platform.value(), three_flights);
  }
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position position = end(*platform.value());
  EXPECT_EQ(numbers(*platform.value(), "hourly", position, "SELECT flights FROM hourly"),
            (std::vector<std::int64_t>{2}));
}

TEST_F(PlatformTest, NamesAllStreamsWhoseMeaningChangedBeforeItStarts) {
  const auto declare = [&](const std::string& column) {
    std::ofstream(folder_ / "flights.yaml")
        << "source: flights\nfrom: http\nschema: {a: bigint, b: bigint}\n";
    for (const char* name : {"one", "two"}) {
      std::ofstream(folder_ / (std::string(name) + ".yaml"))
          << "stream: " << name << "\nsql: SELECT " << column
          << " AS k, count(*) AS n FROM flights GROUP BY ALL\nunbounded_state: allow\ninto: "
          << name << "\n";
    }
  };
  declare("a");
  {
    const auto platform = start();
    ASSERT_TRUE(platform.ok()) << platform.error().message;
    EXPECT_TRUE(platform.value()->drain().ok());
  }
  declare("b");
  const auto changed = start();
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().fault, Fault::conflict);
  for (const char* words :
       {"one.yaml:1:1: stream one: its SQL", "two.yaml:1:1: stream two: its SQL"}) {
    EXPECT_NE(changed.error().message.find(words), std::string::npos) << changed.error().message;
  }
}

TEST_F(PlatformTest, RefusesASecondServerOverTheSameDataAndSaysWhereTheFirstIs) {
  const auto first = start("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = start("127.0.0.1:0");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().fault, Fault::conflict);
  EXPECT_NE(second.error().message.find(first.value()->url()), std::string::npos)
      << second.error().message;
}

TEST_F(PlatformTest, DropsRowsThatAreOlderThanTheirTableKeepsThem) {
  std::ofstream(folder_ / "kept.yaml") << "stream: kept\nsql: SELECT date, delay FROM flights\n"
                                          "into: kept\n---\ntable: kept\nretention: 1d\n";
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position position = send(*platform.value(), R"({"date": "2001-01-01T00:00:00Z", "delay": 1}
{"date": "2001-01-02T00:00:00Z", "delay": 2}
{"date": "2001-01-03T00:00:00Z", "delay": 3}
)");
  EXPECT_EQ(
      numbers(*platform.value(), "kept", position, "SELECT delay::BIGINT FROM kept ORDER BY delay"),
      (std::vector<std::int64_t>{2, 3}));
}

TEST_F(PlatformTest, IsNotTakenForRunningByAFileOfACrash) {
  fs::create_directory(folder_ / "data");
  std::ofstream(folder_ / "data/run.json") << "{\"url\": \"http://127.0.0.1:1\", \"pid\": 1}";
  EXPECT_FALSE(read_running(folder_ / "data").has_value());
}

TEST_F(PlatformTest, IsFoundWhileItStarts) {
  std::atomic<bool> is_found = false;
  std::jthread looking([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && !is_found) {
      const auto running = read_running(folder_ / "data");
      is_found = running && running->url.empty() && running->pid == getpid();
    }
  });
  const auto platform = start("127.0.0.1:0");
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  EXPECT_TRUE(is_found);
  EXPECT_EQ(read_running(folder_ / "data")->url, platform.value()->url());
}

TEST_F(PlatformTest, KeepsItsDataAndTokenToItsUser) {
  {
    const auto platform = start("127.0.0.1:0");
    ASSERT_TRUE(platform.ok()) << platform.error().message;
    EXPECT_EQ(platform.value()->new_admin_token(), read_admin_token(folder_ / "data"));
    struct stat info{};
    ASSERT_EQ(stat((folder_ / "data").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700u);
    ASSERT_EQ(stat((folder_ / "data/admin.token").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    for (const auto& file : fs::recursive_directory_iterator(folder_ / "data")) {
      ASSERT_EQ(stat(file.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 0077, 0u) << file.path();
    }
    EXPECT_TRUE(read_running(folder_ / "data").has_value());
  }
  EXPECT_FALSE(read_running(folder_ / "data").has_value());
  const auto again = start();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again.value()->new_admin_token(), "");
}

TEST_F(PlatformTest, RefusesToWaitForWhatTheJournalHasNotReached) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position position = send(*platform.value(), three_flights);
  const auto never = std::chrono::steady_clock::time_point::max();
  const auto beyond = platform.value()->freshness().wait({"hourly"}, position + 1, never);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().fault, Fault::invalid);
  EXPECT_NE(beyond.error().message.find(std::to_string(position)), std::string::npos)
      << beyond.error().message;
}

TEST_F(PlatformTest, EndsWaitsAtOnceWhenItStops) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position position = send(*platform.value(), three_flights);
  platform.value()->freshness().stop();
  // Either it was fresh already, or it says so at once; the deadline never comes.
  const auto never = std::chrono::steady_clock::time_point::max();
  const auto waited = platform.value()->freshness().wait({"hourly"}, position, never);
  EXPECT_TRUE(waited.ok() || waited.error().fault == Fault::unavailable);
  EXPECT_TRUE(platform.value()->drain().ok());
}

constexpr const char* counting_stream = R"(
stream: counts
sql: SELECT origin, count(*) AS n FROM flights GROUP BY origin
unbounded_state: allow
into: counts
)";

TEST_F(PlatformTest, GoesOnWithAChangedWorkspaceWhereItWas) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  send(*platform.value(), three_flights);
  add("counts.yaml", counting_stream);
  const Result<void> reloaded = platform.value()->reload(compiled());
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  send(*platform.value(), three_flights);
  const Position position = end(*platform.value());
  EXPECT_EQ(numbers(*platform.value(), "hourly", position, "SELECT flights FROM hourly"),
            (std::vector<std::int64_t>{4}));
  EXPECT_EQ(numbers(*platform.value(), "counts", position, "SELECT n FROM counts"),
            (std::vector<std::int64_t>{4}));
}

TEST_F(PlatformTest, ServesOnWhatItServedWhereAChangedWorkspaceCannotStart) {
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  send(*platform.value(), three_flights);
  add("counts.yaml", counting_stream);
  add("data/state/counts", "a file where the stream's folder is to be");
  const Result<void> reloaded = platform.value()->reload(compiled());
  ASSERT_FALSE(reloaded.ok());
  EXPECT_NE(reloaded.error().message.find("counts"), std::string::npos) << reloaded.error().message;
  ASSERT_TRUE(platform.value()->is_serving());
  send(*platform.value(), three_flights);
  const Position position = end(*platform.value());
  EXPECT_EQ(numbers(*platform.value(), "hourly", position, "SELECT flights FROM hourly"),
            (std::vector<std::int64_t>{4}));
}

TEST_F(PlatformTest, TakesBackTheColumnOfAWorkspaceThatCannotStart) {
  const std::string copy = "stream: copies\ninto: copies\nsql: SELECT delay";
  add("copies.yaml", copy + " FROM flights\n");
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position sent = send(*platform.value(), three_flights);
  numbers(*platform.value(), "copies", sent, "SELECT count(*) FROM copies");
  add("copies.yaml", copy + ", origin FROM flights\n");
  add("counts.yaml", counting_stream);
  add("data/state/counts", "a file where the stream's folder is to be");
  ASSERT_FALSE(platform.value()->reload(compiled()).ok());
  ASSERT_TRUE(platform.value()->is_serving());
  fs::remove(folder_ / "data/state/counts");
  const Result<void> reloaded = platform.value()->reload(compiled());
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  const Position position = send(*platform.value(), three_flights);
  EXPECT_EQ(numbers(*platform.value(), "copies", position, "SELECT count(origin) FROM copies"),
            (std::vector<std::int64_t>{2}));
}

TEST_F(PlatformTest, RunsNoStreamOfAWorkspaceThatCannotStart) {
  const std::string copy = "stream: delays\ninto: copies\nsql: SELECT delay";
  const std::string others =
      "source: others\nfrom: http\nevent_time: at\nschema: {at: timestamp, n: ";
  add("copies.yaml", copy + " FROM flights\n");
  add("others.yaml", others + "bigint}\n");
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const Position sent = send(*platform.value(), three_flights);
  const auto kept = platform.value()->collector().ingest(
      "others", R"({"at": "2001-01-01", "n": 1})", formats::BodyForm::ndjson);
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  numbers(*platform.value(), "copies", sent, "SELECT count(*) FROM copies");
  // A stream that has much to give at once, and a source whose events cannot all be read so.
  add("copies.yaml", copy +
                         ", origin FROM flights\n---\nstream: more\ninto: copies\n"
                         "sql: SELECT delay, origin FROM flights\n");
  add("others.yaml", others + "smallint}\n");
  const Result<void> reloaded = platform.value()->reload(compiled());
  ASSERT_FALSE(reloaded.ok());
  EXPECT_TRUE(reloaded.error().message.starts_with("source others: column n is SMALLINT"))
      << reloaded.error().message;
  ASSERT_TRUE(platform.value()->is_serving());
  const Position position = send(*platform.value(), three_flights);
  EXPECT_EQ(numbers(*platform.value(), "copies", position, "SELECT count(*) FROM copies"),
            (std::vector<std::int64_t>{4}));
  add("others.yaml", others + "bigint}\n");
  const Result<void> mended = platform.value()->reload(compiled());
  ASSERT_TRUE(mended.ok()) << mended.error().message;
  EXPECT_EQ(numbers(*platform.value(), "copies", position, "SELECT count(origin) FROM copies"),
            (std::vector<std::int64_t>{4}));
}

TEST_F(PlatformTest, KeepsNothingOfANewStreamWhoseWorkspaceCannotStart) {
  const std::string others =
      "source: others\nfrom: http\nevent_time: at\nschema: {at: timestamp, n: ";
  add("others.yaml", others + "bigint}\n");
  const auto platform = start();
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  ASSERT_TRUE(platform.value()
                  ->collector()
                  .ingest("others", R"({"at": "2001-01-01", "n": 1})", formats::BodyForm::ndjson)
                  .ok());
  add("counts.yaml", counting_stream);
  add("others.yaml", others + "smallint}\n");
  ASSERT_FALSE(platform.value()->reload(compiled()).ok());
  EXPECT_FALSE(fs::exists(folder_ / "data/state/counts"));
  EXPECT_TRUE(fs::exists(folder_ / "data/state/hourly"));
  // The next stream of that name is of another plan.
  add("counts.yaml",
      "stream: counts\ninto: counts\nsql: SELECT delay AS n FROM flights WHERE delay > 4\n");
  add("others.yaml", others + "bigint}\n");
  const Result<void> reloaded = platform.value()->reload(compiled());
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  const Position position = send(*platform.value(), three_flights);
  EXPECT_EQ(numbers(*platform.value(), "counts", position, "SELECT CAST(n AS BIGINT) FROM counts"),
            (std::vector<std::int64_t>{5}));
}

TEST_F(PlatformTest, TellsTheRefusalToWhoeverAskedMeanwhile) {
  const auto platform = start("127.0.0.1:0");
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  const auto client =
      net::HttpClient::open(platform.value()->url(), platform.value()->new_admin_token()).value();
  add("counts.yaml", counting_stream);
  add("data/state/counts", "a file where the stream's folder is to be");
  const auto status = [&] { return client->send("GET", "/weir/v1/status").value().body; };
  const auto since_of = [](const std::string& body) {
    return body.substr(0, body.find(R"("reload_refused")"));
  };
  const std::string since = since_of(status());
  clock_.advance(std::chrono::seconds(5));
  auto asked = std::async(std::launch::async, [&] {
    std::string body = status();
    while (since_of(body) == since) body = status();
    return body;
  });
  EXPECT_FALSE(platform.value()->reload(compiled()).ok());
  const std::string after = asked.get();
  EXPECT_EQ(after.find(R"("reload_refused":null)"), std::string::npos) << after;
}

TEST_F(PlatformTest, TakesEventsAndRefusesWaitsAtOnceWhenItsTablesHaveFailed) {
  const auto platform = start("127.0.0.1:0");
  ASSERT_TRUE(platform.ok()) << platform.error().message;
  ASSERT_TRUE(platform.value()->database()->connect().value()->run("DROP TABLE hourly").ok());
  send(*platform.value(), three_flights);
  const Position position = end(*platform.value());
  const auto never = std::chrono::steady_clock::time_point::max();
  EXPECT_FALSE(platform.value()->freshness().wait({"hourly"}, position, never).ok());

  const auto client =
      net::HttpClient::open(platform.value()->url(), platform.value()->new_admin_token()).value();
  EXPECT_EQ(client->send("GET", "/readyz").value().status, 200);
  const std::string status = client->send("GET", "/weir/v1/status").value().body;
  EXPECT_NE(status.find(R"("ready":true)"), std::string::npos) << status;
  EXPECT_EQ(status.find(R"("tables_failure":null)"), std::string::npos) << status;
}

}  // namespace
}  // namespace weir::operate
