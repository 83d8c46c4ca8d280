#include "operate/doorway.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::operate {
namespace {

struct Behind final : Answering {
  std::unique_ptr<net::Response> check_head(const net::Request&) const override { return nullptr; }
  void handle(net::Request, net::Reply reply) override { reply.send({.status = 204}); }
  std::vector<net::Asked> give_back() override { return {}; }
};

// 0: it waits.
int status_of(Doorway& doorway, const std::string& path, int& status) {
  status = 0;
  doorway.handle({.method = "GET", .path = path},
                 net::Reply([&status](const net::Response& sent) { status = sent.status; }));
  return status;
}

TEST(Doorway, tells_of_health_while_all_else_waits) {
  Doorway doorway;
  int health = 0;
  int rows = 0;
  EXPECT_EQ(status_of(doorway, "/api/v1/data/flights", rows), 0);
  EXPECT_EQ(status_of(doorway, "/healthz", health), 200);
  EXPECT_EQ(status_of(doorway, "/readyz", health), 503);
  Behind behind;
  doorway.open(behind);
  EXPECT_EQ(rows, 204);
  EXPECT_EQ(status_of(doorway, "/healthz", health), 204) << "as what stands behind says";
}

}  // namespace
}  // namespace weir::operate
