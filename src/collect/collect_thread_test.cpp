#include "collect/collect_thread.h"

#include <thread>

#include "collect/collector_test.h"

namespace weir::collect {
namespace {

class CollectThreadTest : public CollectorTest {
 protected:
  std::future<net::Response> post_event_later(const std::string& time) {
    return post_later(request("/ingest/flights", event_at(time), with_token()));
  }
};

TEST_F(CollectThreadTest, requests_that_wait_share_one_entry) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  std::vector<std::future<net::Response>> answers;
  answers.push_back(post_event_later("01:00:00"));
  journal_.wait_for_appends(1);
  for (int i = 0; i < 100; ++i) answers.push_back(post_event_later("01:00:00"));
  journal_.set_mood(MemoryJournal::Mood::take);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 200);
  const auto entries = journal_.entries(journal::Kind::events);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].entry->batches[0]->rows(), 100U);
}

TEST_F(CollectThreadTest, in_one_round_each_request_counts_its_own_late_rows) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  std::vector<std::future<net::Response>> answers;
  answers.push_back(post_event_later("01:00:00"));
  journal_.wait_for_appends(1);
  auto ahead = post_event_later("03:00:00");
  auto behind = post_event_later("02:00:00");
  auto moved = post_later(request("/ingest/flights/watermark",
                                  R"({"watermark":"2001-01-01T04:00:00Z"})", with_token()));
  auto after = post_event_later("03:30:00");
  journal_.set_mood(MemoryJournal::Mood::take);
  EXPECT_NE(ahead.get().body.find(R"("late":0)"), std::string::npos);
  EXPECT_NE(behind.get().body.find(R"("late":1)"), std::string::npos);
  EXPECT_EQ(moved.get().status, 200);
  EXPECT_NE(after.get().body.find(R"("late":1)"), std::string::npos);
  EXPECT_EQ(journal_.entries(journal::Kind::events).size(), 3U);
}

TEST_F(CollectThreadTest, a_refusing_journal_is_503_and_leaves_the_watermark) {
  journal_.set_mood(MemoryJournal::Mood::refuse);
  const net::Response refused = post_events(event_at("05:00:00"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(header_of(refused, "Retry-After").empty());
  EXPECT_NE(refused.body.find("the disk is full"), std::string::npos);
  journal_.set_mood(MemoryJournal::Mood::take);
  EXPECT_NE(post_events(event_at("01:00:00")).body.find(R"("late":0)"), std::string::npos);
  const SourceCounts counts = collector_->counts().front();
  EXPECT_EQ(counts.rows_in, 1U);
}

TEST_F(CollectThreadTest, a_group_that_did_not_become_durable_is_503) {
  journal_.set_mood(MemoryJournal::Mood::lose);
  const net::Response lost = post_events(event_at("05:00:00"));
  EXPECT_EQ(lost.status, 503);
  EXPECT_NE(lost.body.find("fdatasync failed"), std::string::npos);
  EXPECT_EQ(collector_->counts().front().rows_in, 0U);
}

TEST_F(CollectThreadTest, what_did_not_become_durable_makes_no_later_row_late) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  std::vector<std::future<net::Response>> answers;
  answers.push_back(post_event_later("05:00:00"));
  journal_.wait_for_appends(1);
  journal_.set_mood(MemoryJournal::Mood::lose);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 503);
  journal_.set_mood(MemoryJournal::Mood::take);
  EXPECT_NE(post_events(event_at("01:00:00")).body.find(R"("late":0)"), std::string::npos);
  EXPECT_NE(post_events(event_at("05:00:00")).body.find(R"("late":0)"), std::string::npos);
  EXPECT_NE(post_events(event_at("01:00:00")).body.find(R"("late":1)"), std::string::npos);
  const auto entries = journal_.entries(journal::Kind::events);
  ASSERT_EQ(entries.size(), 3U);
  const auto head = journal::decode_events_head(entries[0].entry->head);
  EXPECT_EQ(head.value().watermark_before, journal::no_watermark);
}

TEST_F(CollectThreadTest, a_body_that_becomes_too_much_is_413_and_fails_no_other) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  std::vector<std::future<net::Response>> answers;
  answers.push_back(post_event_later("01:00:00"));
  journal_.wait_for_appends(1);
  std::string lines;
  for (std::size_t i = 0; i <= formats::body_rows_max; ++i) lines += "x\n";
  answers.push_back(post_event_later("01:00:00"));
  auto refused = post_later(
      request("/ingest/flights", lines, with_token({{"content-type", "application/x-ndjson"}})));
  answers.push_back(post_event_later("01:00:00"));
  journal_.set_mood(MemoryJournal::Mood::take);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 200);
  const net::Response response = refused.get();
  EXPECT_EQ(response.status, 413);
  EXPECT_NE(response.body.find("BODY_TOO_LARGE"), std::string::npos);
  EXPECT_EQ(rows_in_journal("flights"), 3U);
  EXPECT_TRUE(journal_.entries(journal::Kind::quarantine).empty());
}

TEST_F(CollectThreadTest, more_than_may_wait_is_429_and_passes) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  const std::string large(std::size_t{24} << 20, ' ');
  std::vector<std::future<net::Response>> answers;
  answers.push_back(post_event_later("01:00:00"));
  journal_.wait_for_appends(1);
  for (int i = 0; i < 8; ++i) {
    answers.push_back(
        post_later(request("/ingest/flights", large + event_at("01:00:00"), with_token())));
  }
  EXPECT_EQ(answers.back().wait_for(std::chrono::seconds(0)), std::future_status::ready);
  journal_.set_mood(MemoryJournal::Mood::take);
  const net::Response refused = answers.back().get();
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.body.find("TOO_MANY_REQUESTS"), std::string::npos);
  EXPECT_FALSE(header_of(refused, "Retry-After").empty());
  answers.pop_back();
  std::size_t refused_count = 0;
  for (auto& answer : answers) refused_count += answer.get().status == 429;
  EXPECT_EQ(rows_in_journal("flights"), answers.size() - refused_count);
  EXPECT_EQ(post_events(large + event_at("01:00:00")).status, 200);
}

TEST_F(CollectThreadTest, what_waits_when_the_collector_ends_is_answered) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  std::vector<std::future<net::Response>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(post_later(
        request("/ingest/flights", event_at("01:00:00"), with_token({{"idempotency-key", "k"}}))));
  }
  journal_.wait_for_appends(1);
  std::jthread ending([&] { collector_.reset(); });
  journal_.set_mood(MemoryJournal::Mood::take);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 200);
}

TEST_F(CollectThreadTest, many_senders_at_once_lose_and_double_nothing) {
  constexpr int senders = 4;
  constexpr int bodies = 200;
  {
    std::vector<std::jthread> threads;
    for (int sender = 0; sender < senders; ++sender) {
      threads.emplace_back([&, sender] {
        for (int i = 0; i < bodies; ++i) {
          const std::string key = std::to_string(i % 2 == 0 ? i : sender * bodies + i);
          const net::Response response =
              post_events(event_at("01:00:00"), {{"idempotency-key", key}});
          EXPECT_EQ(response.status, 200) << response.body;
        }
      });
    }
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(collector_->checkpoint().ok());
      EXPECT_EQ(collector_->counts().size(), 2U);
    }
  }
  // Half of each sender's keys are shared by all of them.
  EXPECT_EQ(rows_in_journal("flights"), bodies / 2 + senders * bodies / 2);
  EXPECT_EQ(collector_->counts().front().accepted, rows_in_journal("flights"));
}

}  // namespace
}  // namespace weir::collect
