#include "store/table_rebuild.h"

#include <gtest/gtest.h>

#include "journal/heads.h"

namespace weir::store {
namespace {

TEST(FirstResult, IsTheFirstPartOfTheFirstCommit) {
  const auto is_first = [](const journal::CommitHead& head) {
    const journal::Entry entry{.kind = journal::Kind::commit, .head = encode(head)};
    return is_first_result(entry).value();
  };
  EXPECT_TRUE(is_first({.generation = 1, .sequence = 1}));
  EXPECT_TRUE(is_first({.generation = 1, .sequence = 1, .part = 0, .is_last = false}));
  EXPECT_FALSE(is_first({.generation = 1, .sequence = 1, .part = 1}));
  EXPECT_FALSE(is_first({.generation = 1, .sequence = 2}));
  EXPECT_FALSE(is_first({.generation = 2, .sequence = 1}));
}

}  // namespace
}  // namespace weir::store
