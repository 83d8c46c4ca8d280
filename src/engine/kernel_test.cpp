#include "engine/kernel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace weir::engine {
namespace {

const Instant accepted{std::chrono::seconds{1'000'000'000}};

class KernelTest : public testing::Test {
 protected:
  std::unique_ptr<Kernel> prepare(const std::string& sql) {
    auto kernel = Kernel::prepare(database_, sql, schema_);
    EXPECT_TRUE(kernel.ok()) << (kernel.ok() ? "" : kernel.error().message);
    return kernel.ok() ? std::move(kernel).value() : nullptr;
  }

  // Row i: v = i (null where i % 10 = 9), s = "row i, longer than twelve bytes", a = [i, i + 1].
  std::shared_ptr<const Batch> rows(std::size_t count, std::int32_t first = 0) {
    auto batch = std::make_shared<Batch>(schema_);
    for (std::int32_t i = first; i < first + static_cast<std::int32_t>(count); ++i) {
      if (i % 10 == 9) {
        batch->column(0).append_null();
      } else {
        batch->column(0).append(i);
      }
      batch->column(1).append_string("row " + std::to_string(i) + ", longer than twelve bytes");
      batch->column(2).child(0).append(i);
      batch->column(2).child(0).append(i + 1);
      batch->column(2).append_list();
    }
    return batch;
  }

  std::shared_ptr<Database> database_ = Database::open({}).value();
  std::shared_ptr<const Schema> schema_ =
      std::make_shared<Schema>(Schema{{{"v", parse_type("int").value()},
                                       {"s", parse_type("varchar").value()},
                                       {"a", parse_type("int[]").value()}}});
};

std::vector<std::int32_t> integers(const KernelOutput& output, std::size_t column = 0) {
  const auto values = output.rows->column(column).values<std::int32_t>();
  return {values.begin(), values.end()};
}

using Origins = std::vector<std::uint32_t>;

TEST_F(KernelTest, ProjectsEveryRowAndNamesItsOrigin) {
  const auto kernel = prepare("SELECT c0 + 1 AS next, c1, _row FROM _batch");
  EXPECT_EQ(kernel->output()->columns.size(), 2u);
  EXPECT_EQ(kernel->output()->columns[0].name, "next");
  const auto output = kernel->run(rows(3), accepted).value();
  EXPECT_EQ(integers(output), (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(output.rows->column(1).string(2), "row 2, longer than twelve bytes");
  EXPECT_EQ(output.origin, (Origins{0, 1, 2}));
  EXPECT_EQ(output.rows->schema(), *kernel->output());
}

TEST_F(KernelTest, LeavesOutFilteredRowsAndKeepsNulls) {
  const auto kernel = prepare("SELECT c0, _row FROM _batch WHERE c0 IS NULL OR c0 % 5 = 0");
  const auto output = kernel->run(rows(12), accepted).value();
  EXPECT_EQ(output.origin, (Origins{0, 5, 9, 10}));
  EXPECT_TRUE(output.rows->column(0).is_null(2));
  EXPECT_EQ(output.rows->column(0).values<std::int32_t>()[3], 10);
}

TEST_F(KernelTest, UnnestsARowIntoSeveralOfTheSameOrigin) {
  const auto kernel = prepare("SELECT unnest(c2) AS e, _row FROM _batch");
  const auto output = kernel->run(rows(3), accepted).value();
  EXPECT_EQ(integers(output), (std::vector<std::int32_t>{0, 1, 1, 2, 2, 3}));
  EXPECT_EQ(output.origin, (Origins{0, 0, 1, 1, 2, 2}));
}

TEST_F(KernelTest, JoinsAStaticTableAndKeepsTheInputsOrder) {
  ASSERT_TRUE(
      database_->connect()
          .value()
          ->run(
              "CREATE TABLE places AS SELECT (i * 7919 % 3000)::INTEGER AS code, 'p' || i AS name "
              "FROM range(3000) r(i)")
          .ok());
  // Reversed on purpose: whatever order the engine gives, the kernel's is the input's.
  const auto kernel = prepare(
      "SELECT p.code, p.name, _row FROM _batch JOIN places p ON p.code = c0 ORDER BY _row DESC");
  const auto output = kernel->run(rows(2500), accepted).value();
  ASSERT_EQ(output.origin.size(), 2250u);
  for (std::size_t i = 0; i < output.origin.size(); ++i) {
    ASSERT_EQ(output.rows->column(0).values<std::int32_t>()[i],
              static_cast<std::int32_t>(output.origin[i]));
  }
}

TEST_F(KernelTest, PutsRowsOfOneOriginInOrderWithoutMixingThem) {
  const auto kernel = prepare(
      "SELECT e, _row FROM (SELECT unnest(c2) AS e, _row FROM _batch) ORDER BY _row DESC, e");
  const auto output = kernel->run(rows(3), accepted).value();
  EXPECT_EQ(integers(output), (std::vector<std::int32_t>{0, 1, 1, 2, 2, 3}));
  EXPECT_EQ(output.origin, (Origins{0, 0, 1, 1, 2, 2}));
}

TEST_F(KernelTest, GivesTheAcceptanceTimeAsNow) {
  const auto kernel = prepare("SELECT _now, _row FROM _batch");
  for (const Instant now : {accepted, accepted + std::chrono::hours(1)}) {
    const auto output = kernel->run(rows(3000), now).value();
    EXPECT_EQ(output.rows->column(0).type().id, TypeId::timestamp_tz);
    for (const std::int64_t value : output.rows->column(0).values<std::int64_t>()) {
      ASSERT_EQ(value, now.time_since_epoch().count());
    }
  }
}

TEST_F(KernelTest, AFailingRowIsInvalidAndTheNextBatchRuns) {
  const auto kernel = prepare("SELECT CAST(c0 AS TINYINT) AS t, _row FROM _batch");
  const auto failed = kernel->run(rows(200), accepted);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().fault, Fault::invalid);
  EXPECT_NE(failed.error().message.find("out of range"), std::string::npos)
      << failed.error().message;
  EXPECT_EQ(kernel->run(rows(100), accepted).value().origin.size(), 100u);
}

TEST_F(KernelTest, AnEmptyBatchGivesNoRows) {
  const auto kernel = prepare("SELECT c0, c1, _row FROM _batch");
  const auto output = kernel->run(rows(0), accepted).value();
  EXPECT_EQ(output.rows->rows(), 0u);
  EXPECT_TRUE(output.origin.empty());
}

TEST_F(KernelTest, RunsOverBatchesOfEverySize) {
  const auto kernel = prepare("SELECT c0, c1, c2, _row FROM _batch");
  for (const std::size_t count : {1, 2047, 2048, 2049, 50000}) {
    const auto input = rows(count);
    const auto output = kernel->run(input, accepted).value();
    Origins all(count);
    std::iota(all.begin(), all.end(), 0);
    ASSERT_EQ(output.origin, all);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(output.rows->column(0).is_null(i), input->column(0).is_null(i));
      ASSERT_EQ(output.rows->column(1).string(i), input->column(1).string(i));
      ASSERT_EQ(output.rows->column(2).child(0).values<std::int32_t>()[2 * i + 1],
                static_cast<std::int32_t>(i + 1));
    }
  }
}

TEST_F(KernelTest, OutputStaysGoodAfterItsInputIsGone) {
  const auto kernel = prepare("SELECT c1, _row FROM _batch");
  const KernelOutput output = kernel->run(rows(5), accepted).value();
  (void)kernel->run(rows(5, 100), accepted).value();
  EXPECT_EQ(output.rows->column(0).string(4), "row 4, longer than twelve bytes");
}

TEST_F(KernelTest, KernelsOfOneDatabaseDoNotSeeEachOthersInput) {
  const auto one = prepare("SELECT c0, _row FROM _batch");
  const auto two =
      Kernel::prepare(database_, "SELECT c0 AS text, _row FROM _batch",
                      std::make_shared<Schema>(Schema{{{"s", Type{.id = TypeId::varchar}}}}))
          .value();
  Batch texts(std::make_shared<Schema>(Schema{{{"s", Type{.id = TypeId::varchar}}}}));
  texts.column(0).append_string("a");
  const auto shared = std::make_shared<const Batch>(std::move(texts));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(one->run(rows(4), accepted).value().origin.size(), 4u);
    EXPECT_EQ(two->run(shared, accepted).value().rows->column(0).string(0), "a");
  }
  EXPECT_FALSE(database_->connect().value()->run("FROM _batch").ok());
}

TEST_F(KernelTest, RefusesSqlThatDoesNotEndInTheRow) {
  for (const char* sql :
       {"SELECT c0 FROM _batch", "SELECT _row, c0 FROM _batch",
        "SELECT _row::BIGINT AS _row FROM _batch", "SELECT c9, _row FROM _batch"}) {
    const auto kernel = Kernel::prepare(database_, sql, schema_);
    ASSERT_FALSE(kernel.ok()) << sql;
    EXPECT_EQ(kernel.error().fault, Fault::invalid) << sql;
  }
}

}  // namespace
}  // namespace weir::engine
