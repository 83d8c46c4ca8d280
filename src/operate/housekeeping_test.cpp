#include "operate/housekeeping.h"

#include <gtest/gtest.h>

#include "collect/memory_journal_test.h"
#include "journal/journal_test.h"

namespace weir::operate {
namespace {

// Whose snapshots find no room when told so.
class FullCollector final : public collect::Collector {
 public:
  bool takes(std::string_view) const override { return false; }
  std::unique_ptr<net::Response> check_head(const net::Request&) const override { return nullptr; }
  void handle(net::Request, net::Reply) override {}
  Result<collect::Ingested> ingest(const std::string&, std::string, formats::BodyForm) override {
    return Error{Fault::unavailable, "not asked for"};
  }
  Result<collect::Ingested> ingest_again(const std::string&, std::string,
                                         std::shared_ptr<const Batch>) override {
    return Error{Fault::unavailable, "not asked for"};
  }
  Result<Position> move_watermark(const std::string&, std::optional<Instant>) override {
    return Error{Fault::unavailable, "not asked for"};
  }
  std::vector<collect::SourceCounts> counts() const override { return {}; }
  Result<Position> checkpoint() override {
    if (is_full) return Error{Fault::unavailable, "no space left"};
    return Position{100};
  }

  bool is_full = false;
};

class HousekeepingTest : public testing::Test {
 protected:
  HousekeepingTest() {
    journal_.append_foreign(journal::Kind::events);
    journal_.append_foreign(journal::Kind::events);
    workspace_.declared.sources.push_back({.name = "flights"});
    workspace_.declared.sources[0].retention.time = std::chrono::hours(48);
    workspace_.declared.data = folder_.path();
    store_ = store::TableStore::open(folder_.path() / "tables", {}).value();
    applier_ =
        store::Applier::open(*store_, journal_, {}, [](telemetry::LogCode, const std::string&) {
        }).value();
    housekeeping_.emplace(WorkingParts{workspace_, journal_, collector_, streams_, *applier_,
                                       clock_, reloads_, nullptr},
                          std::chrono::hours(1));
  }

  const journal::TemporaryFolder folder_;
  ManualClock clock_{Instant(std::chrono::hours(1000))};
  const ReloadRecord reloads_;
  collect::MemoryJournal journal_;
  FullCollector collector_;
  workspace::CompiledWorkspace workspace_;
  std::vector<std::unique_ptr<process::StreamJob>> streams_;
  std::unique_ptr<store::TableStore> store_;
  std::unique_ptr<store::Applier> applier_;
  std::optional<Housekeeping> housekeeping_;
};

TEST_F(HousekeepingTest, keys_are_kept_for_a_day_and_rows_as_their_source_says) {
  ASSERT_TRUE(housekeeping_->tidy().ok());
  const std::map<std::string, Instant> kept = {
      {"flights", clock_.now() - std::chrono::hours(48)},
      {"idempotency", clock_.now() - std::chrono::hours(24)}};
  EXPECT_EQ(journal_.retained(), kept);
}

TEST_F(HousekeepingTest, what_gives_room_back_goes_on_where_a_snapshot_finds_none) {
  ASSERT_TRUE(housekeeping_->tidy().ok());
  EXPECT_EQ(journal_.released(), 100U);
  collector_.is_full = true;
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(housekeeping_->tidy().error().fault, Fault::unavailable);
  EXPECT_EQ(journal_.retained().at("flights"), clock_.now() - std::chrono::hours(48));
  EXPECT_EQ(journal_.released(), 100U);
}

}  // namespace
}  // namespace weir::operate
