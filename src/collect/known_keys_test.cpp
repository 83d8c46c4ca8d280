#include "collect/known_keys.h"

#include "collect/collector_test.h"

namespace weir::collect {
namespace {

class KnownKeysTest : public CollectorTest {
 protected:
  net::Response post_keyed(const std::string& body, const std::string& key = "k1") {
    return post_events(body, {{"idempotency-key", key}});
  }
  std::future<net::Response> post_keyed_later(const std::string& body) {
    return post_later(request("/ingest/flights", body, with_token({{"idempotency-key", "k1"}})));
  }
};

TEST_F(KnownKeysTest, a_repeat_answers_the_same_and_does_nothing) {
  const std::string body = "[" + event_at("01:00:00") + R"(,{"delay":1}])";
  const net::Response first = post_keyed(body);
  const Position end = journal_.end();
  ASSERT_EQ(post_events(event_at("01:00:00")).status, 200);
  const net::Response second = post_keyed(body);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, second.body);
  EXPECT_NE(first.body.find(std::to_string(end)), std::string::npos);
  EXPECT_EQ(rows_in_journal("flights"), 2U);
  EXPECT_EQ(collector_->counts().front().rows_in, 3U);
}

TEST_F(KnownKeysTest, a_repeat_answers_the_same_after_a_crash) {
  const std::string body = "[" + event_at("01:00:00") + R"(,{"delay":1}])";
  const net::Response first = post_keyed(body);
  ASSERT_EQ(post_events(event_at("02:00:00")).status, 200);
  restart();
  EXPECT_EQ(post_keyed(body).body, first.body);
  ASSERT_TRUE(collector_->checkpoint().ok());
  restart();
  EXPECT_EQ(post_keyed(body).body, first.body);
  EXPECT_EQ(rows_in_journal("flights"), 2U);
}

TEST_F(KnownKeysTest, another_body_or_another_reading_of_it_is_422) {
  ASSERT_EQ(post_keyed(event_at("01:00:00")).status, 200);
  const net::Response other = post_keyed(event_at("02:00:00"));
  EXPECT_EQ(other.status, 422);
  EXPECT_NE(other.body.find("IDEMPOTENCY_KEY_REUSED"), std::string::npos);
  EXPECT_EQ(post_events(event_at("01:00:00"),
                        {{"idempotency-key", "k1"}, {"content-type", "application/x-ndjson"}})
                .status,
            422);
  EXPECT_EQ(
      post_events(event_at("01:00:00"), {{"idempotency-key", "k1"}, {"content-encoding", "gzip"}})
          .status,
      422);
}

TEST_F(KnownKeysTest, a_key_belongs_to_its_token_and_source) {
  const auto token = tokens_->create({{govern::Action::write, "*"}}, std::nullopt).value();
  const Headers other = {{"authorization", "Bearer " + token.secret}, {"idempotency-key", "k1"}};
  ASSERT_EQ(post_keyed(event_at("01:00:00")).status, 200);
  EXPECT_EQ(post(request("/ingest/flights", event_at("02:00:00"), other)).status, 200);
  EXPECT_EQ(post(request("/ingest/clicks", R"({"page":"/"})", other)).status, 200);
}

TEST_F(KnownKeysTest, concurrent_repeats_wait_for_the_first) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  auto first = post_keyed_later(event_at("01:00:00"));
  journal_.wait_for_appends(1);
  auto second = post_keyed_later(event_at("01:00:00"));
  auto other = post_keyed_later(event_at("02:00:00"));
  EXPECT_EQ(second.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  journal_.set_mood(MemoryJournal::Mood::take);
  EXPECT_EQ(first.get().body, second.get().body);
  EXPECT_EQ(other.get().status, 422);
  EXPECT_EQ(rows_in_journal("flights"), 1U);
}

TEST_F(KnownKeysTest, repeats_that_waited_for_one_that_failed_are_tried_themselves) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  auto first = post_keyed_later(event_at("01:00:00"));
  journal_.wait_for_appends(1);
  auto second = post_keyed_later(event_at("02:00:00"));
  journal_.set_mood(MemoryJournal::Mood::lose);
  EXPECT_EQ(first.get().status, 503);
  EXPECT_EQ(second.get().status, 503);
}

TEST_F(KnownKeysTest, failures_are_not_remembered) {
  EXPECT_EQ(post_keyed("[").status, 400);
  journal_.set_mood(MemoryJournal::Mood::refuse);
  EXPECT_EQ(post_keyed(event_at("02:00:00")).status, 503);
  journal_.set_mood(MemoryJournal::Mood::take);
  EXPECT_EQ(post_keyed(event_at("01:00:00")).status, 200);
}

TEST_F(KnownKeysTest, a_key_is_forgotten_after_24_hours) {
  ASSERT_EQ(post_keyed(event_at("01:00:00")).status, 200);
  clock_.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  ASSERT_EQ(post_keyed(event_at("02:00:00")).status, 422);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(post_keyed(event_at("02:00:00")).status, 200);
}

TEST(KnownKeysBoundTest, a_new_key_is_refused_when_no_more_can_be_remembered) {
  KnownKeys keys(1'000);
  Submission submission;
  int taken = 0;
  while (true) {
    const std::string id = "k" + std::to_string(taken);
    const auto standing = keys.begin(id, 1, submission);
    if (const auto* outcome = std::get_if<Outcome>(&standing)) {
      EXPECT_EQ(std::get_if<Refusal>(outcome)->status, 429);
      break;
    }
    const KeyRecord record{id, 1, Instant{}, {}};
    EXPECT_TRUE(keys.finish(id, &record).empty());
    ASSERT_LT(++taken, 100);
  }
  EXPECT_GT(taken, 1);
  EXPECT_TRUE(std::holds_alternative<Outcome>(keys.begin("k0", 1, submission)));
  keys.forget(Instant{});
  EXPECT_TRUE(std::holds_alternative<KnownKeys::First>(keys.begin("k0", 1, submission)));
  EXPECT_EQ(keys.bytes(), 0U);
}

}  // namespace
}  // namespace weir::collect
