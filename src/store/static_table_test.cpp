#include "store/static_table.h"

#include <gtest/gtest.h>

#include "journal/journal_test.h"
#include "store/applied_places.h"
#include "store/table_store.h"

namespace weir::store {
namespace {

using journal::rows_from;

// The tables' file, in which "cities" is a stream's table or one from a file, with one row.
class StaticTableTest : public testing::Test {
 protected:
  void open(std::vector<TableSpec> tables) {
    store_.reset();
    auto opened = TableStore::open(folder_.path(), std::move(tables));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(opened).value();
  }
  void open_for_a_stream() {
    open({{.name = "cities", .schema = rows_from(0, 0)->shared_schema()}});
  }

  Result<void> put(std::int64_t row) {
    OK_OR_RETURN(check_hold_no_results(*store_->database(), {"cities", "others"}));
    const auto rows = rows_from(row, 1);
    return put_static_table(*store_->database(), {"cities", rows->shared_schema(), {}, {rows}});
  }
  // As a stream's commit that is applied.
  void apply(std::uint64_t generation) {
    const auto connection = store_->database()->connect();
    const AppliedPlaces place{{{"sales", "cities"}, {"journal", 8, generation, generation}}};
    ASSERT_TRUE(write_applied_places(*connection.value(), place).ok());
  }
  std::size_t rows() {
    const auto connection = store_->database()->connect();
    const auto rows = connection.value()->query("SELECT * FROM cities");
    EXPECT_TRUE(rows.ok()) << rows.error().message;
    const auto batch = rows.value()->next();
    return batch.value() == nullptr ? 0 : batch.value()->rows();
  }

  const journal::TemporaryFolder folder_;
  std::unique_ptr<TableStore> store_;
};

TEST_F(StaticTableTest, rows_of_a_file_go_where_a_stream_writes_the_table_now) {
  open({});
  ASSERT_TRUE(put(1).ok());
  // Whatever its columns were.
  const auto schema = std::make_shared<const Schema>(Schema{{{"city", {.id = TypeId::varchar}}}});
  const std::vector<TableSpec> another{{.name = "cities", .schema = schema}};
  EXPECT_TRUE(store_->changed(another, {}).value().empty());
  open(another);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(StaticTableTest, rows_of_a_stream_stay_where_a_file_has_the_tables_name_now) {
  open_for_a_stream();
  apply(1);
  open({});
  const auto refused = put(1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::conflict);
  EXPECT_EQ(refused.error().message,
            "table cities holds results of stream sales, and now would hold the rows of a file: "
            "give the file's table another name, or give the results up: `weir drop cities "
            "--restart`");
}

TEST_F(StaticTableTest, a_streams_table_without_results_gives_way_and_comes_back_empty) {
  open_for_a_stream();
  apply(0);
  open({});
  ASSERT_TRUE(put(1).ok());
  ASSERT_TRUE(put(2).ok());
  EXPECT_EQ(rows(), 1U);
  open_for_a_stream();
  EXPECT_EQ(rows(), 0U);
}

}  // namespace
}  // namespace weir::store
