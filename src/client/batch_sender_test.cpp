#include "client/batch_sender.h"

#include <gtest/gtest.h>

namespace weir::client {
namespace {

TEST(IdempotencyKey, IsTheSameForTheSameRowsInTheSamePlace) {
  EXPECT_EQ(idempotency_key("flights", 3, "{}\n"), idempotency_key("flights", 3, "{}\n"));
}

TEST(IdempotencyKey, DiffersBySourcePlaceAndContent) {
  const std::string key = idempotency_key("flights", 3, "{\"a\":123456789}\n");
  EXPECT_NE(key, idempotency_key("trains", 3, "{\"a\":123456789}\n"));
  EXPECT_NE(key, idempotency_key("flights", 4, "{\"a\":123456789}\n"));
  EXPECT_NE(key, idempotency_key("flights", 3, "{\"a\":123456780}\n"));
}

TEST(RunMark, IsAnotherOneEachTime) { EXPECT_NE(new_run_mark(), new_run_mark()); }

}  // namespace
}  // namespace weir::client
