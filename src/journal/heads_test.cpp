#include "journal/heads.h"

#include <gtest/gtest.h>

namespace weir::journal {
namespace {

Placed part_of(const CommitHead& head, Position begin) {
  return {begin, begin + 10, std::make_shared<const Entry>(Entry{.head = encode(head)})};
}

// Where the commits begin that come out whole, and of how many parts they are.
using Whole = std::vector<std::pair<Position, std::size_t>>;

Whole whole_of(const std::vector<CommitHead>& heads) {
  WholeCommits commits;
  Whole whole;
  Position begin = 0;
  for (const CommitHead& head : heads) {
    const auto parts = commits.take(part_of(head, begin));
    EXPECT_TRUE(parts.ok());
    if (!parts.value().empty()) {
      whole.emplace_back(parts.value().front().begin, parts.value().size());
    }
    begin += 10;
  }
  return whole;
}

TEST(WholeCommits, GiveACommitWithItsLastPart) {
  EXPECT_EQ(whole_of({{.sequence = 1},
                      {.sequence = 2, .part = 0, .is_last = false},
                      {.sequence = 2, .part = 1, .is_last = false},
                      {.sequence = 2, .part = 2},
                      {.sequence = 3}}),
            (Whole{{0, 1}, {10, 3}, {40, 1}}));
}

TEST(WholeCommits, DropWhatACrashLeftWithoutItsLastPart) {
  EXPECT_EQ(whole_of({{.sequence = 1, .part = 0, .is_last = false},
                      {.sequence = 1, .part = 1, .is_last = false},
                      {.sequence = 1, .part = 0, .is_last = false},
                      {.sequence = 1, .part = 1},
                      {.sequence = 2, .part = 0, .is_last = false},
                      {.sequence = 2}}),
            (Whole{{20, 2}, {50, 1}}));
}

TEST(WholeCommits, DropPartsWhoseBeginningIsNotKept) {
  EXPECT_EQ(whole_of({{.sequence = 1, .part = 2}, {.sequence = 2}}), (Whole{{10, 1}}));
}

TEST(WholeCommits, SayWhereTheOneUnderWayBegan) {
  WholeCommits commits;
  EXPECT_FALSE(commits.begun());
  EXPECT_TRUE(commits.take(part_of({.part = 0, .is_last = false}, 70)).ok());
  EXPECT_TRUE(commits.take(part_of({.part = 1, .is_last = false}, 80)).ok());
  EXPECT_EQ(commits.begun(), 70);
  EXPECT_TRUE(commits.take(part_of({.part = 2}, 90)).ok());
  EXPECT_FALSE(commits.begun());
}

TEST(Heads, ComeBackAsTheyWere) {
  const auto events = decode_events_head(encode(EventsHead{1, 2, 3}));
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(events.value().lateness, 3);
  const auto commit = decode_commit_head(encode(CommitHead{.part = 7, .is_last = false}));
  ASSERT_TRUE(commit.ok());
  EXPECT_EQ(commit.value().part, 7);
  EXPECT_FALSE(commit.value().is_last);
}

}  // namespace
}  // namespace weir::journal
