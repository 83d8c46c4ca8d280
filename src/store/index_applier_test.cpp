#include "store/index_applier.h"

#include <gtest/gtest.h>

#include "journal/journal_test.h"

namespace weir::store {
namespace {

using journal::rows_from;

constexpr const char* one_journal = "j";

class IndexApplierTest : public testing::Test {
 protected:
  static std::unique_ptr<TableStore> open(const std::filesystem::path& folder,
                                          std::vector<TableSpec> tables) {
    auto store = TableStore::open(folder, std::move(tables));
    EXPECT_TRUE(store.ok()) << store.error().message;
    return std::move(store).value();
  }
  static TableSpec plain(const std::string& name) {
    return {.name = name, .schema = rows_from(0, 0)->shared_schema()};
  }
  static TableSpec indexed(const std::string& name) {
    TableSpec spec = plain(name);
    spec.indexes = {{0}};
    return spec;
  }
  // Up to these positions two streams are in `indexed` and one in `plain`.
  static AppliedPlaces places(Position a, Position b) {
    return {{{"a", "indexed"}, {one_journal, a}},
            {{"b", "indexed"}, {one_journal, b}},
            {{"a", "plain"}, {one_journal, 1}}};
  }
  static std::map<std::string, Position> behind(const IndexApplier& applier,
                                                const AppliedPlaces& places) {
    std::map<std::string, Position> positions;
    for (const auto& [table, place] : applier.behind(places)) positions[table] = place.position;
    return positions;
  }

  void put(std::int64_t first, std::size_t count, Position commit) {
    PendingRows rows(store_->find("indexed")->schema);
    ASSERT_TRUE(rows.add(rows_from(first, count), commit).ok());
    ASSERT_TRUE(applier_.begin().ok());
    ASSERT_TRUE(applier_.put("indexed", rows).ok());
    ASSERT_TRUE(applier_.put("plain", rows).ok());
  }
  // What the index gives, in its order.
  std::vector<std::int64_t> numbers() const {
    const index::IndexedTable& table = *store_->indexes()->find("indexed");
    const index::RowQuery query{.sortings = {{0}}, .limit = 100};
    const auto found = store_->indexes()->read(table, query, *index::choose(table, query));
    EXPECT_TRUE(found.ok()) << found.error().message;
    const auto values = found.value()->rows->column(0).values<std::int64_t>();
    return {values.begin(), values.end()};
  }

  const journal::TemporaryFolder folder_;
  const std::unique_ptr<TableStore> store_ =
      open(folder_.path() / "tables", {plain("plain"), indexed("indexed")});
  IndexApplier applier_{*store_};
};

TEST_F(IndexApplierTest, rows_are_found_once_they_are_committed) {
  put(1, 2, 10);
  EXPECT_EQ(numbers(), std::vector<std::int64_t>{});
  ASSERT_TRUE(applier_.commit(places(20, 20)).ok());
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{1, 2}));
  put(3, 1, 20);
  applier_.roll_back();
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(IndexApplierTest, the_same_rows_of_the_same_commit_are_there_once) {
  for (int i = 0; i < 2; ++i) {
    put(1, 2, 10);
    ASSERT_TRUE(applier_.commit(places(20, 20)).ok());
  }
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(IndexApplierTest, indexes_are_behind_where_they_are_not_as_far_as_every_stream) {
  EXPECT_EQ(behind(applier_, places(7, 5)), (std::map<std::string, Position>{{"indexed", 5}}));
  put(1, 1, 1);
  ASSERT_TRUE(applier_.commit(places(7, 5)).ok());
  EXPECT_EQ(behind(applier_, places(7, 5)), (std::map<std::string, Position>{}));
  EXPECT_EQ(behind(applier_, places(7, 6)), (std::map<std::string, Position>{{"indexed", 6}}));
  EXPECT_EQ(behind(applier_, {{{"a", "indexed"}, {"another journal", 1}}}).size(), 1U);
}

TEST_F(IndexApplierTest, indexes_made_anew_hold_the_tables_rows_and_no_other) {
  put(9, 1, 1);
  ASSERT_TRUE(applier_.commit(places(1, 1)).ok());
  const auto connection = store_->database()->connect().value();
  ASSERT_TRUE(connection->run("INSERT INTO indexed VALUES (2, 'b'), (1, 'a')").ok());
  ASSERT_TRUE(applier_.make_anew(*connection, "indexed", {one_journal, 5}).ok());
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(behind(applier_, places(5, 5)), (std::map<std::string, Position>{}));
}

TEST_F(IndexApplierTest, rows_take_room_only_in_tables_with_indexes) {
  EXPECT_EQ(applier_.bytes_with("plain", 100), 0U);
  EXPECT_GE(applier_.bytes_with("indexed", 100), 200U);
}

TEST_F(IndexApplierTest, a_store_without_indexes_is_passed_over) {
  const auto store = open(folder_.path() / "without", {plain("indexed")});
  IndexApplier applier(*store);
  PendingRows rows(store->find("indexed")->schema);
  ASSERT_TRUE(rows.add(rows_from(1, 1), 1).ok());
  applier.roll_back();
  EXPECT_TRUE(applier.begin().ok());
  EXPECT_TRUE(applier.put("indexed", rows).ok());
  EXPECT_TRUE(applier.drop_before("indexed", 5).ok());
  EXPECT_TRUE(applier.commit(places(1, 1)).ok());
  EXPECT_TRUE(applier.behind(places(1, 1)).empty());
  EXPECT_FALSE(applier.is_damaged());
}

}  // namespace
}  // namespace weir::store
