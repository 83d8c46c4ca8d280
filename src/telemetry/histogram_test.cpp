#include "telemetry/histogram.h"

#include <gtest/gtest.h>

namespace weir::telemetry {
namespace {

using std::chrono::milliseconds;

TEST(Histogram, CountsIntoTheStepThatHoldsIt) {
  Histogram histogram;
  for (const int took : {1, 1, 3, 60'000}) histogram.count(milliseconds(took));
  const std::string text = prometheus_text(
      {{"weir_test_seconds", "How long.", MetricKind::histogram, {histogram.sample({})}}});
  for (const char* line :
       {"# TYPE weir_test_seconds histogram", "weir_test_seconds_count 4",
        R"(weir_test_seconds_bucket{le="0.0005"} 0)", R"(weir_test_seconds_bucket{le="0.001"} 2)",
        R"(weir_test_seconds_bucket{le="0.005"} 3)", R"(weir_test_seconds_bucket{le="10"} 3)",
        R"(weir_test_seconds_bucket{le="+Inf"} 4)", "weir_test_seconds_sum 60.005"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
  }
}

}  // namespace
}  // namespace weir::telemetry
