#include "serve/status.h"

#include <gtest/gtest.h>

#include <limits>

namespace weir::serve {
namespace {

constexpr std::int64_t no_event = std::numeric_limits<std::int64_t>::min();

PlatformStatus running() {
  PlatformStatus status{.workspace = "flights", .journal_end = 100, .tables_applied = 60};
  status.now = 20'000'000;
  status.sources = {{.name = "flights",
                     .rows_in = 10,
                     .accepted = 8,
                     .quarantined = 2,
                     .late = 1,
                     .watermark = 5'500'000}};
  status.streams = {{.name = "delays",
                     .rows_in = 8,
                     .rows_out = 3,
                     .watermark = 5'000'000,
                     .processed_through = 90,
                     .trouble = "the disk is full"},
                    {.name = "new", .watermark = no_event, .failure = "disk \"full\""}};
  status.tables = {{.name = "delays", .rows_applied = 3}};
  return status;
}

TEST(Status, every_row_is_accounted_for_in_json) {
  EXPECT_EQ(
      status_json(running()),
      R"({"workspace":"flights","serving_since_seconds":0,"reload_refused":null,)"
      R"("ready":true,"not_ready":null,"journal_end":100,)"
      R"("tables_applied":60,"memory_bytes":0,"tables_failure":null,"sources":[{"name":"flights","rows_in":10,"accepted":8,)"
      R"("quarantined":2,"late":1,"watermark_seconds":5.5}],"streams":[{"name":"delays",)"
      R"("rows_in":8,"rows_out":3,"late":0,"quarantined":0,"watermark_seconds":5,)"
      R"("processed_through":90,"failure":null,"trouble":"the disk is full"},{"name":"new",)"
      R"("rows_in":0,"rows_out":0,"late":0,)"
      R"("quarantined":0,"watermark_seconds":null,"processed_through":0,)"
      R"("failure":"disk \"full\"","trouble":null}],"tables":[{"name":"delays","rows_applied":3,"index_rows":0,)"
      R"("index_bytes":0,"index_seconds":0}]})");
}

TEST(Status, metrics_count_rows_from_the_source_to_the_table_and_tell_the_lag) {
  const std::string text = prometheus_text(status_metrics(running()));
  for (const char* line :
       {"weir_source_rows_total{source=\"flights\"} 10\n",
        "weir_source_accepted_rows_total{source=\"flights\"} 8\n",
        "weir_source_quarantined_rows_total{source=\"flights\"} 2\n",
        "weir_stream_rows_read_total{stream=\"delays\"} 8\n",
        "weir_stream_rows_written_total{stream=\"delays\"} 3\n",
        "weir_table_rows_applied_total{table=\"delays\"} 3\n",
        "weir_stream_lag_bytes{stream=\"delays\"} 10\n",
        "weir_stream_event_lag_seconds{stream=\"delays\"} 15\n", "weir_tables_lag_bytes 40\n",
        "weir_ready 1\n", "weir_stream_failed{stream=\"new\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(Status, a_stream_that_saw_no_event_has_no_lag_in_event_time) {
  const std::string text = prometheus_text(status_metrics(running()));
  EXPECT_EQ(text.find("weir_stream_event_lag_seconds{stream=\"new\"}"), std::string::npos);
}

TEST(Status, a_reader_that_seems_ahead_of_the_journal_does_not_lag) {
  PlatformStatus status = running();
  status.tables_applied = 101;
  status.streams.front().processed_through = 101;
  const std::string text = prometheus_text(status_metrics(status));
  EXPECT_NE(text.find("weir_tables_lag_bytes 0\n"), std::string::npos);
  EXPECT_NE(text.find("weir_stream_lag_bytes{stream=\"delays\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace weir::serve
