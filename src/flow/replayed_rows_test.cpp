#include "flow/replayed_rows.h"

#include <gtest/gtest.h>

#include "journal/heads.h"
#include "journal/journal_test.h"

namespace weir::flow {
namespace {

constexpr std::size_t held_max = 4;

// Replays of rows of source `s`, and what is known of them.
class ReplayedRowsTest : public testing::Test {
 protected:
  // Accepted by `source` at that second.
  void accept(std::int64_t second, const std::vector<RowPlace>& rows,
              const std::string& topic = "s", const std::string& source = "s") {
    auto marks = std::make_shared<Batch>(journal::replay_schema());
    for (const RowPlace& place : rows) {
      marks->column(0).append_string(topic);
      marks->column(1).append<std::uint64_t>(place.entry);
      marks->column(2).append<std::uint32_t>(place.row);
    }
    journal::Entry entry{.kind = journal::Kind::replay, .topic = source, .batches = {marks}};
    entry.accepted = at(second);
    ASSERT_TRUE(journal_->append_and_wait({entry}).ok());
  }
  static Instant at(std::int64_t second) { return Instant(std::chrono::seconds(second)); }
  static std::optional<Instant> find(ReplayedRows& rows, RowPlace place) {
    const auto found = rows.find(place);
    EXPECT_TRUE(found.ok());
    EXPECT_LE(rows.held(), held_max);
    return found.value();
  }

  const journal::TemporaryFolder folder_;
  std::unique_ptr<journal::Journal> journal_ = journal::open_journal(folder_.path());
};

TEST_F(ReplayedRowsTest, are_found_by_their_place_and_no_other_rows) {
  accept(10, {{5, 1}, {7, 0}});
  accept(11, {{5, 2}}, "late_of_a_stream");
  accept(12, {{5, 3}}, "s", "another_source");
  ReplayedRows rows(*journal_, "s", "s", held_max);
  EXPECT_EQ(find(rows, {5, 0}), std::nullopt);
  EXPECT_EQ(find(rows, {5, 1}), at(10));
  EXPECT_EQ(find(rows, {5, 2}), std::nullopt);
  EXPECT_EQ(find(rows, {5, 3}), std::nullopt);
  EXPECT_EQ(find(rows, {7, 0}), at(10));
  ReplayedRows late(*journal_, "s", "late_of_a_stream", held_max);
  EXPECT_EQ(find(late, {5, 2}), at(11));
}

TEST_F(ReplayedRowsTest, have_the_time_of_the_last_replay) {
  accept(10, {{5, 1}});
  accept(20, {{5, 1}});
  ReplayedRows rows(*journal_, "s", "s", held_max);
  EXPECT_EQ(find(rows, {5, 1}), at(20));
}

TEST_F(ReplayedRowsTest, are_all_found_and_never_held_all_where_there_are_many) {
  constexpr std::uint32_t rows_max = 50;
  // Every third row, in an order that is not theirs, some of them twice.
  for (std::uint32_t i = 0; i < 2 * rows_max; ++i) {
    const std::uint32_t row = i * 21 % rows_max;
    if (row % 3 == 0) accept(1000 + i, {{row / 10, row}});
  }
  ReplayedRows rows(*journal_, "s", "s", held_max);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t row = 0; row < rows_max; ++row) {
      SCOPED_TRACE(row);
      EXPECT_EQ(find(rows, {row / 10, row}).has_value(), row % 3 == 0);
    }
  }
  EXPECT_EQ(find(rows, {0, 0}), at(1000 + rows_max));
}

TEST_F(ReplayedRowsTest, are_those_of_the_last_look_at_the_journal) {
  for (std::uint32_t row = 0; row < 2 * held_max; row += 2) accept(10, {{5, row}});
  ReplayedRows rows(*journal_, "s", "s", held_max);
  EXPECT_EQ(find(rows, {5, 1}), std::nullopt);
  for (std::uint32_t row = 1; row < 2 * held_max; row += 2) accept(20, {{5, row}});
  EXPECT_EQ(find(rows, {5, 1}), std::nullopt);
  ASSERT_TRUE(rows.follow().ok());
  for (std::uint32_t row = 0; row < 2 * held_max; ++row) {
    EXPECT_EQ(find(rows, {5, row}), at(row % 2 == 0 ? 10 : 20)) << row;
  }
}

}  // namespace
}  // namespace weir::flow
