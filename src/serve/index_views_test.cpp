#include "serve/index_views.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace weir::serve {
namespace {

namespace fs = std::filesystem;

// Of a table log: number, which no two rows share, and kind, the same in all; an index on number.
class IndexViewsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "index_views_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    database_ = engine::Database::open({}).value();
    connection_ = database_->connect().value();
    std::vector<index::IndexedTable> tables{{.name = "log", .schema = schema_, .orders = {{0}}}};
    indexes_ = index::OrderedIndexes::open(folder_ / "indexes.sqlite", std::move(tables)).value();
    put(index::scanned_max + 1);
  }
  void TearDown() override {
    indexes_.reset();
    fs::remove_all(folder_);
  }

  void put(std::size_t count) {
    Batch rows(schema_);
    for (std::size_t row = 0; row < count; ++row) {
      rows.column(0).append(static_cast<std::int64_t>(row));
      rows.column(1).append(std::int64_t{7});
    }
    ASSERT_TRUE(indexes_->begin().ok());
    ASSERT_TRUE(indexes_->put("log", rows, {}, {}).ok());
    ASSERT_TRUE(indexes_->commit({}).ok());
  }

  TableRead read(std::vector<sql::ColumnCondition> conditions) {
    IndexViews views(database_, *connection_, indexes_.get());
    const auto reads = views.put({{"log", std::move(conditions)}}, {});
    EXPECT_TRUE(reads.ok()) << reads.error().message;
    EXPECT_TRUE(views.take_away().ok());
    return reads.ok() ? reads.value().front() : TableRead{};
  }

  using Names = std::vector<std::string>;
  fs::path folder_;
  std::shared_ptr<const Schema> schema_ = std::make_shared<const Schema>(
      Schema{{{"number", {.id = TypeId::bigint}}, {"kind", {.id = TypeId::bigint}}}});
  std::shared_ptr<engine::Database> database_;
  std::unique_ptr<engine::Connection> connection_;
  std::unique_ptr<index::OrderedIndexes> indexes_;
};

TEST_F(IndexViewsTest, an_index_of_too_many_rows_is_passed_over_and_not_advised) {
  const TableRead found = read({{0, ">=", {"50000"}}});
  EXPECT_EQ(found.index, Names{"number"});
  EXPECT_EQ(found.scanned, 1U);
  EXPECT_TRUE(found.passed_over.empty());
  const TableRead passed = read({{0, ">=", {"0"}}});
  EXPECT_TRUE(passed.index.empty());
  EXPECT_EQ(passed.passed_over, Names{"number"});
  EXPECT_TRUE(passed.helpful.empty());
}

TEST_F(IndexViewsTest, one_that_holds_more_columns_is_advised_all_the_same) {
  const TableRead passed = read({{0, ">=", {"0"}}, {1, "=", {"7"}}});
  EXPECT_EQ(passed.passed_over, Names{"number"});
  EXPECT_EQ(passed.helpful, (Names{"kind", "number"}));
  EXPECT_EQ(read({{1, "=", {"7"}}}).helpful, Names{"kind"});
}

}  // namespace
}  // namespace weir::serve
