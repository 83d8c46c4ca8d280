#include "engine/batch_query.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/batch_source.h"
#include "engine/duckdb_database.h"

namespace weir::engine {
namespace {

std::shared_ptr<const Schema> bag_schema() {
  return std::make_shared<Schema>(
      Schema{{{"group", Type{.id = TypeId::uinteger}}, {"v", Type{.id = TypeId::integer}}}});
}

// Groups 0, 1, 0, 1 ... with the values 1, 2, 3 ...
std::shared_ptr<const Batch> bag(std::int32_t count) {
  auto batch = std::make_shared<Batch>(bag_schema());
  for (std::int32_t i = 0; i < count; ++i) {
    batch->column(0).append(static_cast<std::uint32_t>(i % 2));
    batch->column(1).append(i + 1);
  }
  return batch;
}

TEST(BatchQuery, EvaluatesBagsOfManyGroups) {
  const auto query =
      BatchQuery::prepare(Database::open({}).value(),
                          "SELECT c0, median(c1) AS m, string_agg(c1, ',') AS l FROM _batch "
                          "GROUP BY c0 ORDER BY c0",
                          bag_schema())
          .value();
  EXPECT_EQ(query->output()->columns[1].name, "m");
  const auto rows = query->run(bag(6), {}).value();
  ASSERT_EQ(rows->rows(), 2u);
  EXPECT_EQ(rows->column(1).values<double>()[0], 3.0);
  EXPECT_EQ(rows->column(2).string(1), "2,4,6");
}

TEST(BatchQuery, GivesResultsLargerThanABatchAsOne) {
  const auto query =
      BatchQuery::prepare(Database::open({}).value(),
                          "SELECT c1, _row FROM _batch WHERE _now IS NOT NULL", bag_schema())
          .value();
  const auto rows = query->run(bag(50000), {}).value();
  ASSERT_EQ(rows->rows(), 50000u);
  EXPECT_EQ(rows->column(0).values<std::int32_t>()[49999], 50000);
}

TEST(BatchQuery, RunsBesideOthersOfTheSameDatabase) {
  const auto database = Database::open({}).value();
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (std::int32_t count : {10, 3000}) {
    threads.emplace_back([&, count] {
      const auto query = BatchQuery::prepare(
          database, "SELECT sum(c1) AS s, count(*) AS n FROM _batch", bag_schema());
      for (int i = 0; i < 50; ++i) {
        const auto rows = query.value()->run(bag(count), {});
        if (rows.value()->column(1).values<std::int64_t>()[0] != count) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(BatchQuery, OutlivesWhoeverOpenedTheDatabase) {
  auto database = Database::open({}).value();
  const auto query =
      BatchQuery::prepare(database, "SELECT count(*) AS n FROM _batch", bag_schema()).value();
  database.reset();
  EXPECT_EQ(query->run(bag(4), {}).value()->column(0).values<std::int64_t>()[0], 4);
}

// Notes which columns are asked for, and reads as the source of a batch does.
class AskedSource final : public ChunkSource {
 public:
  AskedSource() : source_(*bag_schema()) { source_.put(bag(3), {}); }
  const Schema& schema() const override { return source_.schema(); }
  Result<std::unique_ptr<ChunkReader>> open(std::vector<std::size_t> columns) const override {
    asked = columns;
    return source_.open(std::move(columns));
  }
  mutable std::vector<std::size_t> asked;

 private:
  BatchSource source_;
};

TEST(BatchSource, IsAskedOnlyForTheColumnsThatTheSqlNames) {
  const auto database = Database::open({}).value();
  const auto source = std::make_shared<AskedSource>();
  ASSERT_TRUE(static_cast<DuckdbDatabase&>(*database).add_source("asked", source).ok());
  const auto connection = database->connect().value();
  ASSERT_TRUE(connection->run("CREATE TEMP VIEW _batch AS SELECT * FROM asked()").ok());
  ASSERT_TRUE(connection->run("SELECT c1 + 1 FROM _batch WHERE c1 > 0").ok());
  EXPECT_EQ(source->asked, (std::vector<std::size_t>{1}));
  ASSERT_TRUE(connection->run("SELECT _row FROM (SELECT c0, c1, _row FROM _batch)").ok());
  EXPECT_EQ(source->asked, (std::vector<std::size_t>{2}));
}

TEST(BatchSource, IsNotReadBetweenTwoRuns) {
  const auto database = Database::open({}).value();
  const auto source = std::make_shared<BatchSource>(*bag_schema());
  ASSERT_TRUE(static_cast<DuckdbDatabase&>(*database).add_source("idle", source).ok());
  const Result<void> read = database->connect().value()->run("FROM idle()");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, "there is no batch to read now");
}

}  // namespace
}  // namespace weir::engine
