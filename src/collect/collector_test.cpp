#include "collect/collector.h"

#include "collect/collector_test.h"
#include "journal/heads.h"

namespace weir::collect {
namespace {

TEST_F(CollectorTest, the_answer_counts_what_became_of_every_row) {
  const std::string body = "[" + event_at("01:00:00") + "," + event_at("00:49:59") + "," +
                           event_at("00:50:00") + R"(,{"date":"2001-01-01"}])";
  const net::Response response = post_events(body);
  EXPECT_EQ(response.status, 200);
  const std::string end = std::to_string(journal_.end());
  EXPECT_NE(response.body.find(R"("accepted":3,"late":1,"quarantined":1,"position":)" + end),
            std::string::npos)
      << response.body;
  EXPECT_NE(response.body.find(R"("errors":[{"row":3,"code":)"), std::string::npos);
  const SourceCounts counts = collector_->counts().front();
  EXPECT_EQ(counts.rows_in, 4U);
  EXPECT_EQ(counts.accepted, 3U);
  EXPECT_EQ(counts.late, 1U);
  EXPECT_EQ(counts.quarantined, 1U);
}

TEST_F(CollectorTest, a_refused_row_is_kept_with_its_reason_and_bytes) {
  const std::string bad = R"({"date":"2001-01-01","delay":"x"})";
  const net::Response response = post_events(event_at("01:00:00") + "\n" + bad + "\n",
                                             {{"content-type", "application/x-ndjson"}});
  EXPECT_EQ(response.status, 200);
  const auto entries = journal_.entries(journal::Kind::quarantine);
  ASSERT_EQ(entries.size(), 1U);
  const Batch& rows = *entries[0].entry->batches[0];
  ASSERT_EQ(rows.rows(), 1U);
  EXPECT_EQ(rows.schema(), *quarantine_schema());
  EXPECT_EQ(rows.column(0).values<std::int64_t>()[0], clock_.now().time_since_epoch().count());
  EXPECT_FALSE(rows.column(1).string(0).empty());
  EXPECT_NE(rows.column(2).string(0).find("delay"), std::string::npos);
  EXPECT_EQ(rows.column(3).string(0), bad);
}

TEST_F(CollectorTest, a_body_whose_rows_are_all_bad_is_answered_with_accepted_0) {
  const net::Response response = post_events(R"([{"delay":1},{"date":"2001-01-01"}])");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find(R"("accepted":0,"late":0,"quarantined":2)"), std::string::npos);
  EXPECT_EQ(rows_in_journal("flights"), 0U);
}

TEST_F(CollectorTest, of_a_body_that_cannot_be_split_nothing_is_kept) {
  const net::Response response = post_events("[" + event_at("01:00:00") + ",");
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("MALFORMED_BODY"), std::string::npos);
  EXPECT_EQ(post_events("no gzip", {{"content-encoding", "gzip"}}).status, 400);
  EXPECT_EQ(journal_.end(), 0U);
}

TEST_F(CollectorTest, a_body_without_rows_is_answered_and_appends_nothing) {
  EXPECT_EQ(post_events("[]").status, 200);
  EXPECT_EQ(journal_.end(), 0U);
}

TEST_F(CollectorTest, a_body_of_more_than_32_MB_is_413) {
  const net::Response response = post_events(std::string((32U << 20) + 1, ' '));
  EXPECT_EQ(response.status, 413);
  EXPECT_NE(response.body.find("BODY_TOO_LARGE"), std::string::npos);
}

TEST_F(CollectorTest, a_compressed_body_is_undone) {
  const unsigned char gzip[] = {
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x49,
      0x2c, 0x49, 0x55, 0xb2, 0x52, 0x32, 0x32, 0x30, 0x30, 0xd4, 0x05, 0x23, 0x05, 0x03,
      0x03, 0x2b, 0x43, 0x03, 0x2b, 0x03, 0x03, 0x25, 0x1d, 0xa5, 0x94, 0xd4, 0x9c, 0xc4,
      0x4a, 0x25, 0x2b, 0x93, 0x5a, 0x00, 0xe3, 0x60, 0x82, 0x3f, 0x28, 0x00, 0x00, 0x00};
  const net::Response response =
      post_events(std::string(reinterpret_cast<const char*>(gzip), sizeof gzip),
                  {{"content-encoding", "gzip"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(rows_in_journal("flights"), 1U);
}

TEST_F(CollectorTest, a_row_too_far_ahead_of_the_clock_cannot_move_the_watermark) {
  const net::Response response = post_events(R"({"date":"2031-01-01","delay":1})");
  EXPECT_NE(response.body.find("TOO_FAR_AHEAD"), std::string::npos) << response.body;
  EXPECT_NE(post_events(event_at("00:00:00")).body.find(R"("late":0)"), std::string::npos);
}

TEST_F(CollectorTest, a_moved_watermark_makes_a_row_behind_it_late) {
  const net::Response moved = post(request(
      "/ingest/flights/watermark", R"({"watermark":"2001-01-01T02:00:00Z"})", with_token()));
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_NE(moved.body.find(R"({"position":)" + std::to_string(journal_.end()) + "}"),
            std::string::npos);
  EXPECT_NE(post_events(event_at("01:59:59")).body.find(R"("late":1)"), std::string::npos);
  EXPECT_NE(post_events(event_at("02:00:00")).body.find(R"("late":0)"), std::string::npos);
  const auto entries = journal_.entries(journal::Kind::watermark);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].entry->topic, "flights");
}

TEST_F(CollectorTest, the_end_moves_the_watermark_past_the_newest_row) {
  ASSERT_EQ(post_events(event_at("01:00:00")).status, 200);
  const net::Response moved =
      post(request("/ingest/flights/watermark", R"({"watermark":"end"})", with_token()));
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_NE(post_events(event_at("01:00:00")).body.find(R"("late":1)"), std::string::npos);
}

TEST_F(CollectorTest, an_entry_is_accepted_when_its_rows_say_that_they_are) {
  ASSERT_EQ(post(request("/ingest/clicks", R"({"page":"/"})", with_token())).status, 200);
  const auto entries = journal_.entries(journal::Kind::events);
  ASSERT_EQ(entries.size(), 1U);
  const Batch& rows = *entries[0].entry->batches[0];
  const std::size_t column = rows.schema().find("_accepted").value();
  EXPECT_EQ(rows.column(column).values<std::int64_t>()[0],
            entries[0].entry->accepted.time_since_epoch().count());
}

TEST_F(CollectorTest, a_watermark_no_event_could_set_is_refused) {
  const auto move_to = [&](const std::string& time) {
    return post(
        request("/ingest/flights/watermark", R"({"watermark":")" + time + "\"}", with_token()));
  };
  const net::Response refused = move_to("2001-09-10T01:46:41Z");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("max_ahead, 1d"), std::string::npos) << refused.body;
  EXPECT_EQ(move_to("2001-09-10T01:46:40Z").status, 200);
}

TEST_F(CollectorTest, a_watermark_that_is_none_is_refused) {
  for (const char* body :
       {"", "[]", "{}", R"({"watermark":5.5})", R"({"watermark":"soon"})",
        R"({"watermark":"end","force":true})", R"({"watermark":"end","watermark":"end"})"}) {
    const net::Response response = post(request("/ingest/flights/watermark", body, with_token()));
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_NE(response.body.find("INVALID_WATERMARK"), std::string::npos) << body;
  }
  const std::string large = R"({"watermark":"end"})" + std::string(4096, ' ');
  EXPECT_EQ(post(request("/ingest/flights/watermark", large, with_token())).status, 413);
  EXPECT_EQ(journal_.end(), 0U);
}

TEST_F(CollectorTest, an_entry_says_which_watermark_was_in_force_before_its_rows) {
  ASSERT_EQ(post_events(event_at("01:00:00")).status, 200);
  ASSERT_EQ(post_events(event_at("01:05:00")).status, 200);
  const auto entries = journal_.entries(journal::Kind::events);
  ASSERT_EQ(entries.size(), 2U);
  const auto first = journal::decode_events_head(entries[0].entry->head).value();
  const auto second = journal::decode_events_head(entries[1].entry->head).value();
  EXPECT_EQ(first.watermark_before, journal::no_watermark);
  EXPECT_EQ(second.newest_before - second.watermark_before, 600'000'000);
  EXPECT_EQ(second.newest_before,
            entries[0].entry->batches[0]->column(0).values<std::int64_t>()[0]);
}

TEST_F(CollectorTest, beacons_are_plain_text_from_listed_origins_and_answered_204) {
  const Headers headers = {{"origin", "https://shop.example"},
                           {"content-type", "text/plain;charset=UTF-8"}};
  for (const char* path : {"/beacon/clicks", "/log"}) {
    for (const char* body : {R"({"page":"/"})", R"([{"page":"/"}])", "{\n \"page\": \"/\"\n}",
                             "{\"page\":\"/\"}\n{\"page\":\"/\"}\n"}) {
      const net::Response response = post(request(path, body, headers));
      EXPECT_EQ(response.status, 204) << body << response.body;
      EXPECT_EQ(response.body, "");
      EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "https://shop.example");
      EXPECT_EQ(header_of(response, "Vary"), "Origin");
    }
  }
  EXPECT_EQ(rows_in_journal("clicks"), 10U);
}

TEST_F(CollectorTest, a_sources_own_path_takes_json_as_ingest_does) {
  const net::Response response = post(request("/log", R"({"page":"/"})", with_token()));
  EXPECT_NE(response.body.find(R"("accepted":1)"), std::string::npos) << response.body;
}

TEST_F(CollectorTest, rows_come_in_without_http_too) {
  const Ingested done =
      collector_->ingest("flights", event_at("01:00:00"), formats::BodyForm::json).value();
  EXPECT_EQ(done.accepted, 1U);
  EXPECT_EQ(done.position, journal_.end());
  const Position moved = collector_->move_watermark("flights", std::nullopt).value();
  EXPECT_EQ(moved, journal_.end());
  const auto unknown = collector_->ingest("flihgts", "{}", formats::BodyForm::json);
  EXPECT_EQ(unknown.error().fault, Fault::not_found);
  EXPECT_NE(unknown.error().message.find("flights"), std::string::npos);
}

}  // namespace
}  // namespace weir::collect
