#include "operate/doorway.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace weir::operate {
namespace {

struct Behind final : Answering {
  std::unique_ptr<net::Response> check_head(const net::Request&) const override { return nullptr; }
  void handle(net::Request request, net::Reply reply) override {
    if (is_busy) {
      in_line.push_back({std::move(request), std::move(reply)});
    } else {
      paths += request.path;
      reply.send({.status = 204});
    }
  }
  std::vector<net::Asked> give_back() override { return std::exchange(in_line, {}); }

  bool is_busy = false;
  std::vector<net::Asked> in_line;
  std::string paths;
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
  Behind behind;
  doorway.open(behind);
  doorway.close();
  int health = 0;
  int rows = 0;
  EXPECT_EQ(status_of(doorway, "/api/v1/data/flights", rows), 0);
  EXPECT_EQ(status_of(doorway, "/healthz", health), 200);
  EXPECT_EQ(status_of(doorway, "/readyz", health), 503);
  doorway.open(behind);
  EXPECT_EQ(rows, 204);
  EXPECT_EQ(status_of(doorway, "/healthz", health), 204) << "as what stands behind says";
}

TEST(Doorway, what_stood_in_line_behind_it_goes_to_who_comes_next_in_its_order) {
  Doorway doorway;
  Behind busy;
  busy.is_busy = true;
  int first = 0;
  int second = 0;
  int third = 0;
  doorway.open(busy);
  EXPECT_EQ(status_of(doorway, "/a", first), 0);
  EXPECT_EQ(status_of(doorway, "/b", second), 0);
  doorway.close();
  EXPECT_EQ(status_of(doorway, "/c", third), 0);
  Behind next;
  doorway.open(next);
  EXPECT_EQ(first, 204);
  EXPECT_EQ(second, 204);
  EXPECT_EQ(third, 204);
  EXPECT_EQ(next.paths, "/a/b/c");
}

// Whose head has come, and the body not yet.
std::string error_of_head(const Doorway& doorway, const std::string& path) {
  const auto refused = doorway.check_head({.method = "POST", .path = path});
  return refused == nullptr ? "" : refused->error;
}

TEST(Doorway, refuses_all_but_health_until_it_is_first_opened) {
  Doorway doorway;
  int status = 0;
  EXPECT_EQ(status_of(doorway, "/healthz", status), 200);
  EXPECT_EQ(status_of(doorway, "/readyz", status), 503);
  EXPECT_EQ(status_of(doorway, "/api/v1/data/flights", status), 503);
  EXPECT_EQ(error_of_head(doorway, "/ingest/flights"), "STARTING");
  Behind behind;
  doorway.open(behind);
  EXPECT_EQ(status_of(doorway, "/api/v1/data/flights", status), 204);
  EXPECT_EQ(error_of_head(doorway, "/ingest/flights"), "");
  doorway.close();
  EXPECT_EQ(status_of(doorway, "/api/v1/data/flights", status), 0) << "it waits";
  EXPECT_EQ(error_of_head(doorway, "/ingest/flights"), "");
}

}  // namespace
}  // namespace weir::operate
