// Every file of pipelines/ in every way; a failure shows the difference and how to repeat it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "oracle.h"
#include "pipeline.h"
#include "run.h"

namespace weir::golden {
namespace {

const std::vector<Way> ways = {
    {.name = "straight"},
    {.name = "one_row_at_a_time", .rows_a_request = 1, .rows_a_batch = 1},
    {.name = "resumed_at_every_row", .rows_a_request = 1, .interruption = Interruption::stop},
    {.name = "crashed_at_every_row", .rows_a_request = 1, .interruption = Interruption::crash},
    {.name = "two_threads", .parallelism = 2},
    {.name = "three_threads_in_twos", .rows_a_request = 2, .parallelism = 3},
};

void expect_same(const Result<std::string>& differences, const std::string& what) {
  ASSERT_TRUE(differences.ok()) << what << ": " << differences.error().message;
  EXPECT_EQ(differences.value(), "") << what;
}

class PipelineTest : public testing::Test {
 public:
  PipelineTest(std::filesystem::path file, Way way)
      : file_(std::move(file)), way_(std::move(way)) {}

  void TestBody() override {
    const Result<Pipeline> pipeline = Pipeline::read(file_);
    ASSERT_TRUE(pipeline.ok()) << pipeline.error().message;
    const Result<Outcome> outcome = run(pipeline.value(), way_);
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    SCOPED_TRACE("repeat with: ./dev test " + file_.stem().string());
    for (const auto& [stream, rows] : outcome.value().streams) {
      if (rows.poisoned > 0) continue;
      const bool late_for_some = pipeline.value().late_for_some_windows;
      expect_same(differences_from_batch(outcome.value(), stream, late_for_some),
                  stream + " against DuckDB");
    }
    ASSERT_FALSE(pipeline.value().expected.empty()) << "the file expects nothing";
    for (const Expected& expected : pipeline.value().expected) {
      expect_same(differences_from_csv(outcome.value(), expected), expected.relation);
    }
  }

 private:
  std::filesystem::path file_;
  Way way_;
};

// Writes what came out, which agreed with DuckDB, as what is expected from now on.
int expect_from_now_on(const std::filesystem::path& file) {
  const Result<Pipeline> pipeline = Pipeline::read(file);
  if (!pipeline.ok() || !pipeline.value().expected.empty()) return 0;
  const Result<Outcome> outcome = run(pipeline.value(), ways.front());
  if (!outcome.ok()) {
    std::cerr << file << ": " << outcome.error().message << "\n";
    return 1;
  }
  std::ofstream text(file, std::ios::app);
  for (const auto& [stream, rows] : outcome.value().streams) {
    const Result<std::string> differences =
        differences_from_batch(outcome.value(), stream, pipeline.value().late_for_some_windows);
    if (!differences.ok() || !differences.value().empty()) {
      std::cerr << file << " " << stream << ": "
                << (differences.ok() ? differences.value() : differences.error().message) << "\n";
      return 1;
    }
    const Result<std::string> csv = as_csv(outcome.value(), stream);
    if (csv.ok()) text << "== expect " << stream << "\n" << csv.value();
    const Result<std::string> late = as_csv(outcome.value(), "late(" + stream + ")");
    if (late.ok() && !rows.late.empty())
      text << "== expect late(" << stream << ")\n" << late.value();
  }
  return 0;
}

std::vector<std::filesystem::path> pipelines() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_PIPELINES)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace
}  // namespace weir::golden

int main(int argc, char** argv) {
  using namespace weir::golden;
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1 && std::string_view(argv[1]) == "--fill") {
    int failed = 0;
    for (const auto& file : pipelines()) failed += expect_from_now_on(file);
    return failed;
  }
  for (const auto& file : pipelines()) {
    for (const Way& way : ways) {
      testing::RegisterTest("Golden", fmt::format("{}_{}", file.stem().string(), way.name).c_str(),
                            nullptr, nullptr, __FILE__, __LINE__,
                            [=]() -> testing::Test* { return new PipelineTest(file, way); });
    }
  }
  return RUN_ALL_TESTS();
}
