#include "net/http_limits.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view head_of_body = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n";

TEST(HttpLimits, every_refusal_has_its_status_and_code_and_closes) {
  TestServer server({.header_bytes_max = 200, .body_bytes_max = 10});
  const struct {
    std::string bytes;
    int status;
    const char* code;
  } cases[] = {
      {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "BAD_REQUEST"},
      {"POST / HTTP/1.1\r\nHost: h\r\n\r\n", 411, "LENGTH_REQUIRED"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n12345678901", 413,
       "BODY_TOO_LARGE"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", 413,
       "BODY_TOO_LARGE"},
      {"POST / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", 417, "EXPECTATION_FAILED"},
      {std::string(300, 'G'), 431, "HEADERS_TOO_LARGE"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "NOT_IMPLEMENTED"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"},
  };
  for (const auto& [bytes, status, code] : cases) {
    RawClient client = server.connect();
    const RawAnswer answer = client.ask(bytes);
    EXPECT_EQ(answer.status, status) << bytes;
    EXPECT_NE(answer.body.find(code), std::string::npos) << answer.body;
    EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos) << answer.head;
    EXPECT_EQ(client.read_to_end(), "") << bytes;
  }
}

TEST(HttpLimits, a_head_that_does_not_end_in_time_is_408) {
  TestServer server({.head_timeout = 20ms});
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("GET / HT").status, 408);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpLimits, a_body_that_does_not_end_in_time_is_408) {
  TestServer server({.body_timeout = 20ms});
  RawClient client = server.connect();
  EXPECT_EQ(client.ask(std::string(head_of_body) + "12").status, 408);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpLimits, bytes_that_trickle_do_not_put_off_the_deadline) {
  TestServer server({.header_bytes_max = 1 << 30, .head_timeout = 20ms});
  RawClient client = server.connect();
  const auto begun = std::chrono::steady_clock::now();
  while (!client.has_answer() && std::chrono::steady_clock::now() - begun < 10s) {
    ASSERT_TRUE(client.send("G"));
  }
  EXPECT_EQ(client.read_answer().status, 408);
}

TEST(HttpLimits, an_idle_connection_is_closed_without_a_word) {
  TestServer server({.idle_timeout = 20ms});
  RawClient client = server.connect();
  EXPECT_EQ(client.read_to_end(), "");
  RawClient used = server.connect();
  EXPECT_EQ(used.ask(head).status, 200);
  EXPECT_EQ(used.read_to_end(), "");
}

TEST(HttpLimits, a_request_that_is_handled_long_is_not_cut_off) {
  TestServer server({.head_timeout = 5ms, .body_timeout = 5ms, .idle_timeout = 5ms});
  server.hold();
  RawClient slow = server.connect();
  ASSERT_TRUE(slow.send(head));
  TestServer::Held held = server.next();
  EXPECT_EQ(server.connect().read_to_end(), "");  // the deadline passed for others
  held.reply.send({.body = "at last"});
  EXPECT_EQ(slow.read_answer().body, "at last");
}

TEST(HttpLimits, a_client_that_takes_nothing_of_its_answer_is_cut_off) {
  TestServer server({.body_timeout = 20ms});
  server.hold();
  RawClient client(server.server().port(), 4'096);
  ASSERT_TRUE(client.send(head));
  server.next().reply.send({.body = std::string(8'000'000, 'x')});
  // Not reading until the server has let go: it then has nothing under way.
  server.server().drain(20s);
  EXPECT_EQ(client.read_answer().status, 0);
}

TEST(HttpLimits, a_client_that_takes_its_answer_too_slowly_is_cut_off) {
  constexpr std::size_t answer_bytes = 100'000'000;
  TestServer server({.body_timeout = 200ms, .answer_rate_min = 1 << 30, .idle_timeout = 20ms});
  server.hold();
  RawClient client(server.server().port(), 256 << 10);
  ASSERT_TRUE(client.send(head));
  server.next().reply.send({.body = std::string(answer_bytes, 'x')});
  // Each part of it is taken soon enough.
  std::size_t taken = 0;
  for (std::size_t part = 0; (part = client.take(std::size_t{64} << 10)) > 0;) {
    taken += part;
    EXPECT_EQ(server.connect().read_to_end(), "");  // some time has passed
  }
  EXPECT_LT(taken, answer_bytes);
}

TEST(HttpLimits, answers_that_are_too_large_together_are_cut_off_and_leave_room) {
  TestServer server({.unsent_bytes_max = 10'000'000});
  server.hold();
  const auto ask = [&](std::size_t answer_bytes) {
    RawClient client(server.server().port(), 4'096);
    EXPECT_TRUE(client.send(head));
    server.next().reply.send({.body = std::string(answer_bytes, 'x')});
    return client;
  };
  constexpr std::size_t most = 8'000'000;
  RawClient first = ask(most);
  EXPECT_EQ(ask(most).read_answer().status, 0);
  EXPECT_EQ(ask(100).read_answer().status, 200) << "taken at once";
  EXPECT_EQ(first.read_answer().body.size(), most);
  EXPECT_EQ(ask(most).read_answer().body.size(), most);
}

TEST(HttpLimits, what_a_refused_client_sent_behind_is_not_kept) {
  TestServer server;
  const std::string refused = "\x16" + std::string(60'000, 'x');
  std::vector<RawClient> clients;
  const std::size_t bytes_before = mallinfo2().uordblks;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(server.connect());
    EXPECT_EQ(clients.back().ask(refused).status, 400);
  }
  EXPECT_LT(mallinfo2().uordblks, bytes_before + 1'000'000);
}

TEST(HttpLimits, a_refused_body_is_drained_up_to_a_limit) {
  TestServer server({.body_bytes_max = 10, .drain_bytes_max = 500'000});
  const std::string announced = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99000000\r\n\r\n";
  RawClient modest = server.connect();
  ASSERT_TRUE(modest.send(announced + std::string(400'000, 'x')));
  EXPECT_EQ(modest.read_answer().status, 413);
  RawClient endless = server.connect();
  const std::string piece(100'000, 'x');
  ASSERT_TRUE(endless.send(announced));
  int sent = 0;
  while (sent < 1'000 && endless.send(piece)) ++sent;
  EXPECT_LT(sent, 1'000);
}

TEST(HttpLimits, a_refused_client_that_does_not_close_is_closed_on) {
  TestServer server({.linger_timeout = 20ms});
  RawClient client = server.connect();
  EXPECT_EQ(client.ask("\x16").status, 400);
  EXPECT_EQ(client.read_to_end(), "");
  while (client.send("x")) continue;  // until it is reset
}

TEST(HttpLimits, bodies_that_are_too_large_together_are_refused_and_leave_room) {
  TestServer server({.bodies_bytes_max = 150'000});
  const std::string announced = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n";
  const std::string most(99'000, 'x');
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.connect());
    ASSERT_TRUE(clients.back().send(announced + most));
  }
  // There is room for one: the other two are refused while all of them are unfinished.
  const auto has_answer = [](const RawClient& client) { return client.has_answer(); };
  const auto begun = std::chrono::steady_clock::now();
  while (std::ranges::count_if(clients, has_answer) < 2) {
    ASSERT_LT(std::chrono::steady_clock::now() - begun, 20s);
  }
  int refused = 0;
  for (RawClient& client : clients) {
    const RawAnswer answer = client.ask(std::string(1'000, 'x'));
    if (answer.status != 503) continue;
    ++refused;
    EXPECT_NE(answer.head.find("Retry-After: 1\r\n"), std::string::npos) << answer.head;
  }
  EXPECT_EQ(refused, 2);
}

TEST(HttpLimits, connections_beyond_the_limit_are_told_so) {
  TestServer server({.connections_max = 2});
  RawClient first = server.connect();
  EXPECT_EQ(first.ask(head).status, 200);
  {
    RawClient second = server.connect();
    EXPECT_EQ(second.ask(head).status, 200);
    RawClient third = server.connect();
    const RawAnswer refused = third.read_answer();
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.body.find("TOO_MANY_CONNECTIONS"), std::string::npos);
    EXPECT_NE(refused.head.find("Retry-After: 1\r\n"), std::string::npos) << refused.head;
    EXPECT_EQ(third.read_to_end(), "");
  }
  // Closed ones make room, once the server has seen it.
  int status = 0;
  for (int tried = 0; status != 200 && tried < 10'000; ++tried) status = server.ask(head).status;
  EXPECT_EQ(status, 200);
}

TEST(HttpLimits, without_descriptors_clients_wait_until_there_are_some) {
  TestServer server({.linger_timeout = 20ms});
  rlimit normal{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &normal), 0);
  RawClient served = server.connect();
  EXPECT_EQ(served.ask(head).status, 200);
  // A client of our own takes the last descriptor; the server's side of it finds none.
  Descriptor probe(::dup(0));
  const rlimit tight{.rlim_cur = static_cast<rlim_t>(probe.number()) + 1,
                     .rlim_max = normal.rlim_max};
  probe.close();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient starved = server.connect();
  ASSERT_TRUE(starved.send(head));
  EXPECT_EQ(served.ask(head).status, 200);  // the others are served meanwhile
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &normal), 0);
  EXPECT_EQ(starved.read_answer().status, 200);
}

}  // namespace
}  // namespace weir::net
