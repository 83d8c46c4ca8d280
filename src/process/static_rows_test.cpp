#include "process/static_rows.h"

#include <gtest/gtest.h>

namespace weir::process {
namespace {

TEST(HashOfRows, IsTheSameWhereverBatchesEndAndAnotherForOtherRows) {
  const auto schema = std::make_shared<const Schema>(Schema{{{"n", Type{.id = TypeId::varchar}}}});
  const auto batch = [&](std::initializer_list<const char*> values) {
    auto rows = std::make_shared<Batch>(schema);
    for (const char* value : values) rows->column(0).append_string(value);
    return std::shared_ptr<const Batch>(rows);
  };
  const std::uint64_t hash = hash_of_rows({batch({"a", "b"}), batch({"c"})});
  EXPECT_EQ(hash_of_rows({batch({"a"}), batch({"b", "c"})}), hash);
  EXPECT_NE(hash_of_rows({batch({"a"}), batch({"b"})}), hash);
  EXPECT_NE(hash_of_rows({batch({"a", "b"}), batch({"d"})}), hash);
}

}  // namespace
}  // namespace weir::process
