// A platform over a workspace of its own, for tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/database.h"
#include "operate/platform.h"
#include "workspace/loader.h"

namespace weir::operate {

inline constexpr const char* workspace_text = R"(
source: flights
from: http
schema: {date: {type: timestamp, required: true}, delay: {type: smallint, min: -60}, origin: varchar}
event_time: date
lateness: 10m
---
stream: hourly
sql: |
  SELECT window_start, origin, count(*) AS flights, sum(delay) AS delay_sum
  FROM tumble(flights, date, INTERVAL 1 HOUR)
  GROUP BY ALL
into: hourly
---
stream: busy
sql: SELECT window_start, flights FROM hourly WHERE flights > 1
into: busy
---
table: hourly
key: [window_start, origin]
)";

class PlatformTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "platform_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "weir.yaml") << "weir: 1\nname: tests\n";
    std::ofstream(folder_ / "flights.yaml") << workspace_text;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<workspace::CompiledWorkspace> compiled() const {
    return workspace::unless_mistaken(workspace::compile_folder(folder_));
  }
  Result<std::unique_ptr<Platform>> start(const std::string& listen = "") {
    TRY(workspace::CompiledWorkspace workspace, compiled());
    return Platform::start(std::move(workspace), listen, clock_);
  }
  void add(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  static Position send(Platform& platform, const std::string& lines) {
    const auto sent = platform.collector().ingest("flights", lines, formats::BodyForm::ndjson);
    EXPECT_TRUE(sent.ok()) << sent.error().message;
    return sent.ok() ? sent.value().position : 0;
  }
  static Position end(Platform& platform) {
    const auto moved = platform.collector().move_watermark("flights", std::nullopt);
    EXPECT_TRUE(moved.ok()) << moved.error().message;
    return moved.ok() ? moved.value() : 0;
  }

  // The rows of one BIGINT column, once all before `position` is in `relation`.
  static std::vector<std::int64_t> numbers(Platform& platform, const std::string& relation,
                                           Position position, const std::string& sql) {
    const auto fresh = platform.freshness().wait(
        {relation}, position, std::chrono::steady_clock::now() + std::chrono::seconds(30));
    EXPECT_TRUE(fresh.ok()) << fresh.error().message;
    const auto connection = platform.database()->connect();
    EXPECT_TRUE(connection.ok());
    const auto rows = connection.value()->query(sql);
    EXPECT_TRUE(rows.ok()) << rows.error().message;
    std::vector<std::int64_t> all;
    while (rows.ok()) {
      const auto batch = rows.value()->next();
      EXPECT_TRUE(batch.ok());
      if (!batch.ok() || batch.value() == nullptr) break;
      const auto values = batch.value()->column(0).values<std::int64_t>();
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }

  std::filesystem::path folder_;
  ManualClock clock_{SystemClock().now()};
};

inline constexpr const char* three_flights =
    R"({"date": "2001-01-01T00:10:00Z", "delay": 4, "origin": "SFO"}
{"date": "2001-01-01T00:20:00Z", "delay": 5, "origin": "SFO"}
{"date": "2001-01-01T00:30:00Z", "delay": -61, "origin": "SFO"}
)";

}  // namespace weir::operate
