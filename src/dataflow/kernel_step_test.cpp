#include "dataflow/kernel_step.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::dataflow {
namespace {

std::shared_ptr<const Schema> one_column() {
  return std::make_shared<Schema>(Schema{{{"v", Type{.id = TypeId::bigint}}}});
}

// Leaves out odd values, gives the others doubled and fails on negative ones.
class DoublesEven final : public engine::Kernel {
 public:
  explicit DoublesEven(Fault fault) : fault_(fault) {}
  const std::shared_ptr<const Schema>& output() const override { return schema_; }
  Result<engine::KernelOutput> run(std::shared_ptr<const Batch> input, Instant) override {
    auto rows = std::make_shared<Batch>(schema_);
    engine::KernelOutput output;
    const auto values = input->column(0).values<std::int64_t>();
    for (std::uint32_t row = 0; row < values.size(); ++row) {
      if (values[row] < 0) return Error{fault_, "negative " + std::to_string(values[row])};
      if (values[row] % 2 != 0) continue;
      rows->column(0).append(values[row] * 2);
      output.origin.push_back(row);
    }
    output.rows = std::move(rows);
    return output;
  }

 private:
  Fault fault_;
  std::shared_ptr<const Schema> schema_ = one_column();
};

Chunk chunk_of(const std::vector<std::int64_t>& values) {
  auto rows = std::make_shared<Batch>(one_column());
  Chunk chunk;
  for (const std::int64_t value : values) {
    rows->column(0).append(value);
    chunk.origin.push_back(static_cast<std::uint32_t>(100 + chunk.origin.size()));
    chunk.weights.push_back(value % 4 == 0 ? -1 : 1);
  }
  chunk.rows = std::move(rows);
  return chunk;
}

TEST(KernelStep, SetsAsideEachPoisonRowAndKeepsTheOthersInOrder) {
  KernelStep step(std::make_unique<DoublesEven>(Fault::invalid));
  Findings findings;
  const Result<Chunk> out = step.push(chunk_of({2, -1, 3, 4, 6, -7, 8}), findings);
  ASSERT_TRUE(out.ok());
  const auto values = out.value().rows->column(0).values<std::int64_t>();
  EXPECT_TRUE(std::ranges::equal(values, std::vector<std::int64_t>{4, 8, 12, 16}));
  EXPECT_EQ(out.value().origin, (std::vector<std::uint32_t>{100, 103, 104, 106}));
  EXPECT_EQ(out.value().weights, (std::vector<std::int64_t>{1, -1, 1, -1}));
  const Batch& poison = findings.poison;
  ASSERT_EQ(poison.rows(), 2);
  EXPECT_EQ(poison.column(1).string(0), "EXPRESSION_FAILED");
  EXPECT_EQ(poison.column(2).string(0), "negative -1");
  EXPECT_EQ(poison.column(3).string(0), R"({"v":-1})");
  EXPECT_EQ(poison.column(3).string(1), R"({"v":-7})");
}

TEST(KernelStep, SetsNoRowAsideThatIsTakenBack) {
  KernelStep step(std::make_unique<DoublesEven>(Fault::invalid));
  Findings findings;
  const Result<Chunk> out = step.push(chunk_of({-1, -4, 2}), findings);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.value().rows->rows(), 1);
  EXPECT_EQ(findings.poison.rows(), 1);
}

TEST(KernelStep, DoesNotTakeAnInterruptedQueryForAPoisonRow) {
  KernelStep step(std::make_unique<DoublesEven>(Fault::unavailable));
  Findings findings;
  const Result<Chunk> out = step.push(chunk_of({2, -1}), findings);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().fault, Fault::unavailable);
  EXPECT_EQ(findings.poison.rows(), 0);
}

}  // namespace
}  // namespace weir::dataflow
