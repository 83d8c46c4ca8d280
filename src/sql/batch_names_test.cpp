#include "sql/batch_names.h"

#include <gtest/gtest.h>

#include "engine/batch_relation.h"

namespace weir::sql {
namespace {

std::vector<std::string> texts(engine::Connection& connection, const std::string& sql) {
  const auto rows = connection.query(sql);
  if (!rows.ok()) return {rows.error().message};
  std::vector<std::string> lines;
  while (true) {
    const auto batch = rows.value()->next();
    if (!batch.ok()) return {batch.error().message};
    if (batch.value() == nullptr) return lines;
    for (std::size_t row = 0; row < batch.value()->rows(); ++row) {
      lines.emplace_back(batch.value()->column(0).string(row));
    }
  }
}

class BatchNamesTest : public testing::Test {
 protected:
  // The windows of one instant: "start end" each.
  std::vector<std::string> windows(const std::string& zone, const std::string& instant,
                                   const std::string& call) {
    EXPECT_TRUE(connection_->run(batch_macros(zone)).ok());
    EXPECT_TRUE(connection_
                    ->run("CREATE OR REPLACE TABLE t AS SELECT TIMESTAMP '" + instant +
                          "' AS ts, 1 AS size, 2 AS s")
                    .ok());
    return texts(*connection_,
                 "SELECT window_start || ' ' || window_end FROM " + call + " ORDER BY 1");
  }

  std::shared_ptr<engine::Database> database_ = engine::Database::open({}).value();
  std::unique_ptr<engine::Connection> connection_ = database_->connect().value();
};

using Lines = std::vector<std::string>;

TEST_F(BatchNamesTest, windows_are_laid_out_as_in_a_stream) {
  struct Case {
    const char* zone;
    const char* instant;
    const char* call;
    Lines windows;
  };
  const char* in_january = "2001-01-10 22:10:00";
  const Case cases[] = {
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 1 HOUR)",
       {"2001-01-10 22:00:00 2001-01-10 23:00:00"}},
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 1 HOUR, shift := INTERVAL 15 MINUTES)",
       {"2001-01-10 21:15:00 2001-01-10 22:15:00"}},
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 7 DAYS)",
       {"2001-01-08 00:00:00 2001-01-15 00:00:00"}},
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 1 MONTH)",
       {"2001-01-01 00:00:00 2001-02-01 00:00:00"}},
      {"Asia/Shanghai",
       in_january,
       "tumble(t, ts, INTERVAL 1 DAY)",
       {"2001-01-10 16:00:00 2001-01-11 16:00:00"}},
      {"Asia/Kolkata",
       in_january,
       "tumble(t, ts, INTERVAL 1 HOUR)",
       {"2001-01-10 21:30:00 2001-01-10 22:30:00"}},
      {"Europe/Berlin",
       "2001-03-25 12:00:00",
       "tumble(t, ts, INTERVAL 1 DAY)",
       {"2001-03-24 23:00:00 2001-03-25 22:00:00"}},
      {"Europe/Berlin",
       "2001-07-10 12:00:00",
       "tumble(t, ts, INTERVAL 1 YEAR)",
       {"2000-12-31 23:00:00 2001-12-31 23:00:00"}},
      {"UTC",
       in_january,
       "hop(t, ts, INTERVAL 1 HOUR, INTERVAL 2 HOURS)",
       {"2001-01-10 21:00:00 2001-01-10 23:00:00", "2001-01-10 22:00:00 2001-01-11 00:00:00"}},
      {"UTC",
       "2001-01-10 22:00:00",
       "hop(t, ts, INTERVAL 1 HOUR, INTERVAL 2 HOURS)",
       {"2001-01-10 21:00:00 2001-01-10 23:00:00", "2001-01-10 22:00:00 2001-01-11 00:00:00"}},
      {"UTC",
       "2001-02-10 22:00:00",
       "hop(t, ts, INTERVAL 1 MONTH, INTERVAL 2 MONTHS)",
       {"2001-01-01 00:00:00 2001-03-01 00:00:00", "2001-02-01 00:00:00 2001-04-01 00:00:00"}},
      {"UTC",
       in_january,
       "hop(t, ts, INTERVAL 2 HOURS, INTERVAL 1 HOUR)",
       {"the slide is larger than the size, so rows between two windows would be lost: make it "
        "the size or less"}},
      {"UTC",
       in_january,
       "hop(t, ts, INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR)",
       {"each row would be in more than 10000 windows: make the slide larger"}},
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 1 MONTH, shift := INTERVAL 1 DAY)",
       {"windows that begin with a month have no shift: leave it out, or count them in days"}},
      {"UTC",
       in_january,
       "hop(t, ts, INTERVAL 7 DAYS, INTERVAL 7 DAYS, shift := INTERVAL 1 DAY)",
       {"2001-01-09 00:00:00 2001-01-16 00:00:00"}},
      {"UTC",
       in_january,
       "tumble(t, ts, INTERVAL 0 HOURS)",
       {"a window's size and slide are longer than nothing"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(windows(c.zone, c.instant, c.call), c.windows) << c.zone << " " << c.call;
  }
}

TEST_F(BatchNamesTest, relations_are_read_by_name_by_late_and_through_windows) {
  Schema columns;
  columns.columns = {{"origin", parse_type("varchar").value()},
                     {"date", parse_type("timestamp").value()}};
  auto rows = std::make_shared<Batch>(std::make_shared<const Schema>(columns));
  rows->column(0).append_string("SFO");
  rows->column(1).append(std::int64_t{0});
  const auto relation =
      std::make_shared<engine::BatchRelation>(std::vector<std::shared_ptr<const Batch>>{rows});
  const std::vector<NamedRelation> relations = {
      {"flights", relation}, {"late(delays)", relation}, {"quarantine(flights)", relation}};
  ASSERT_TRUE(publish_batch_names(*database_, relations, "UTC").ok());
  for (const char* from : {"flights", "late('delays')", "quarantine('flights')",
                           "tumble(flights, date, INTERVAL 1 DAY)"}) {
    EXPECT_EQ(texts(*connection_, std::string("SELECT origin FROM ") + from), Lines{"SFO"}) << from;
  }
}

}  // namespace
}  // namespace weir::sql
