#include "collect/recovery.h"

#include <fstream>

#include "collect/collector_test.h"

namespace weir::collect {
namespace {

class RecoveryTest : public CollectorTest {
 protected:
  void send(const std::string& time) { ASSERT_EQ(post_events(event_at(time)).status, 200); }
  bool is_late(const std::string& time) {
    return post_events(event_at(time)).body.find(R"("late":1)") != std::string::npos;
  }
  std::vector<std::filesystem::path> snapshots() const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "collect")) {
      if (file.path().filename().string().starts_with("snapshot-")) files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
  }
  static void damage(const std::filesystem::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(20);
    stream.put('\x7f');
  }
};

TEST_F(RecoveryTest, the_watermark_goes_on_from_the_journal) {
  send("01:00:00");
  restart();
  EXPECT_FALSE(is_late("00:50:00"));
  EXPECT_TRUE(is_late("00:49:59"));
}

TEST_F(RecoveryTest, a_watermark_moved_to_the_end_is_moved_once) {
  send("01:00:00");
  ASSERT_TRUE(collector_->move_watermark("flights", std::nullopt).ok());
  send("01:05:00");
  ASSERT_TRUE(collector_->checkpoint().ok());
  restart();
  EXPECT_FALSE(is_late("01:00:01"));
  EXPECT_TRUE(is_late("01:00:00"));
}

TEST_F(RecoveryTest, a_checkpoint_answers_where_the_one_before_it_reached) {
  send("01:00:00");
  EXPECT_EQ(collector_->checkpoint().value(), 0U);
  const Position first = journal_.end();
  send("02:00:00");
  EXPECT_EQ(collector_->checkpoint().value(), first);
  EXPECT_EQ(collector_->checkpoint().value(), first);
  const Position second = journal_.end();
  journal_.append_foreign(journal::Kind::commit);
  EXPECT_EQ(collector_->checkpoint().value(), second);
  EXPECT_EQ(snapshots().size(), 2U);
  restart();
  EXPECT_EQ(collector_->checkpoint().value(), second);
}

TEST_F(RecoveryTest, a_checkpoint_leaves_out_what_is_not_durable_yet) {
  send("01:00:00");
  journal_.set_mood(MemoryJournal::Mood::hold);
  auto waiting = post_later(request("/ingest/flights", event_at("09:00:00"), with_token()));
  journal_.wait_for_appends(2);
  journal_.append_foreign(journal::Kind::commit);
  ASSERT_TRUE(collector_->checkpoint().ok());
  journal_.set_mood(MemoryJournal::Mood::take);
  ASSERT_EQ(waiting.get().status, 200);
  restart();
  EXPECT_TRUE(is_late("08:00:00"));
}

TEST_F(RecoveryTest, a_checkpoint_before_a_round_is_done_loses_neither_it_nor_the_next) {
  journal_.set_mood(MemoryJournal::Mood::hold);
  bool is_written = false;
  collector_->handle(
      request("/ingest/flights", event_at("01:00:00"), with_token()),
      net::Reply([&](const net::Response&) { is_written = collector_->checkpoint().ok(); }));
  journal_.wait_for_appends(1);
  auto second = post_later(request("/ingest/flights", event_at("09:00:00"), with_token()));
  journal_.set_mood(MemoryJournal::Mood::take);
  ASSERT_EQ(second.get().status, 200);
  ASSERT_TRUE(is_written);
  restart();
  EXPECT_TRUE(is_late("08:00:00"));
}

TEST_F(RecoveryTest, a_journal_on_disk_brings_back_keys_and_watermarks) {
  const auto answer = [&] {
    const auto journal = journal::Journal::open(folder_ / "disk", {}, clock_).value();
    collector_ =
        Collector::start(sources(), {*journal, *tokens_, clock_, folder_ / "other"}).value();
    const net::Response keyed = post_events(event_at("01:00:00"), {{"idempotency-key", "k"}});
    EXPECT_EQ(keyed.status, 200);
    EXPECT_TRUE(is_late("00:40:00"));
    collector_.reset();
    return keyed.body;
  };
  const std::string first = answer();
  EXPECT_EQ(answer(), first);
}

TEST_F(RecoveryTest, a_damaged_snapshot_costs_nothing) {
  const Headers keyed = {{"idempotency-key", "k"}};
  const net::Response first = post_events(event_at("01:00:00"), keyed);
  ASSERT_TRUE(collector_->checkpoint().ok());
  send("02:00:00");
  ASSERT_TRUE(collector_->checkpoint().ok());
  collector_.reset();
  damage(snapshots().back());
  collector_ = start().value();
  EXPECT_TRUE(is_late("01:49:59"));
  EXPECT_EQ(post_events(event_at("01:00:00"), keyed).body, first.body);
  EXPECT_EQ(snapshots().size(), 1U);
}

TEST_F(RecoveryTest, a_snapshot_that_cannot_be_read_for_now_is_not_set_aside) {
  for (const char* time : {"01:00:00", "02:00:00"}) {
    send(time);
    ASSERT_TRUE(collector_->checkpoint().ok());
  }
  collector_.reset();
  const std::filesystem::path newest = snapshots().back();
  std::filesystem::remove(newest);
  std::filesystem::create_directory(newest);
  const auto refused = start();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("Is a directory"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(snapshots().size(), 2U);
}

TEST_F(RecoveryTest, without_a_whole_snapshot_it_does_not_start) {
  send("01:00:00");
  ASSERT_TRUE(collector_->checkpoint().ok());
  collector_.reset();
  damage(snapshots().back());
  const auto refused = start();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::corrupt);
  EXPECT_NE(refused.error().message.find("snapshot-"), std::string::npos);
}

TEST_F(RecoveryTest, a_type_that_does_not_hold_what_is_stored_is_refused) {
  const auto start_with = [&](TypeId type) {
    collector_.reset();
    std::vector<workspace::Source> changed = sources();
    changed[0].rules.columns[1].type = {type};
    return Collector::start(changed, {journal_, *tokens_, clock_, folder_ / "collect"});
  };
  ASSERT_TRUE(collector_->checkpoint().ok());
  collector_ = start_with(TypeId::varchar).value();  // nothing is stored yet
  restart();
  send("01:00:00");
  for (const bool is_in_snapshot : {false, true}) {
    ASSERT_TRUE(!is_in_snapshot || collector_->checkpoint().ok());
    const auto refused = start_with(TypeId::varchar);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().fault, Fault::conflict);
    EXPECT_EQ(refused.error().message,
              "source flights: column delay is VARCHAR, and its events are stored as SMALLINT, "
              "which cannot all be read so: keep SMALLINT, or start it "
              "anew, without its history: `weir drop flights --restart`");
    collector_ = start_with(TypeId::integer).value();
    restart();
  }
}

TEST_F(RecoveryTest, a_dropped_source_begins_anew_with_its_keys) {
  for (const bool has_snapshot : {false, true}) {
    send("05:00:00");
    EXPECT_TRUE(is_late("01:00:00"));
    const auto send_keyed = [&] {
      return post_events(event_at("06:00:00"), {{"idempotency-key", "k"}}).body;
    };
    const std::string first = send_keyed();
    EXPECT_EQ(send_keyed(), first);
    ASSERT_TRUE(!has_snapshot || collector_->checkpoint().ok());
    ASSERT_TRUE(journal_.drop("flights", journal_.end()).ok());
    restart();
    EXPECT_FALSE(is_late("01:00:00"));
    EXPECT_NE(send_keyed(), first);
    ASSERT_TRUE(journal_.drop("flights", journal_.end()).ok());
    restart();
  }
}

TEST_F(RecoveryTest, another_journals_snapshot_is_refused) {
  send("01:00:00");
  ASSERT_TRUE(collector_->checkpoint().ok());
  collector_.reset();
  journal_.set_id("j2");
  EXPECT_EQ(start().error().fault, Fault::conflict);
}

}  // namespace
}  // namespace weir::collect
