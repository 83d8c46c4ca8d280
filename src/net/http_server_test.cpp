#include "net/http_server.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using namespace std::chrono_literals;

std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

bool says(const RawAnswer& answer, std::string_view text) {
  return answer.head.find(text) != std::string::npos;
}

TEST(HttpServer, a_connection_serves_request_after_request) {
  TestServer server;
  RawClient client = server.connect();
  EXPECT_EQ(client.ask(post("/a", "one")).body, "POST /a one");
  EXPECT_EQ(client.ask(get("/b")).body, "GET /b ");
  const RawAnswer last = client.ask(get("/c", "Connection: close\r\n"));
  EXPECT_EQ(last.head,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpServer, http_1_0_closes_unless_it_asks_to_stay) {
  TestServer server;
  RawClient stays = server.connect();
  EXPECT_TRUE(says(stays.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
                   "Connection: keep-alive\r\n"));
  EXPECT_TRUE(says(stays.ask("GET / HTTP/1.0\r\n\r\n"), "Connection: close\r\n"));
  EXPECT_EQ(stays.read_to_end(), "");
}

TEST(HttpServer, a_request_in_single_bytes_is_a_request) {
  TestServer server;
  RawClient client = server.connect();
  for (const char byte : post("/slow", "body")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.read_answer().body, "POST /slow body");
}

TEST(HttpServer, pipelined_requests_are_handed_over_one_at_a_time_and_answered_in_order) {
  TestServer server;
  server.hold();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(post("/1", "a") + get("/2") + get("/3")));
  RawClient other = server.connect();
  for (const char* path : {"/1", "/2", "/3"}) {
    TestServer::Held held = server.next();
    EXPECT_EQ(held.request.path, path);
    // Had the next one been handed over, it would stand before this one.
    ASSERT_TRUE(other.send(get("/other")));
    TestServer::Held between = server.next();
    EXPECT_EQ(between.request.path, "/other");
    between.reply.send({});
    held.reply.send({.body = held.request.path});
    EXPECT_EQ(client.read_answer().body, path);
  }
}

TEST(HttpServer, answers_of_many_connections_may_come_in_any_order_from_any_thread) {
  TestServer server;
  server.hold();
  std::vector<RawClient> clients;
  std::vector<TestServer::Held> held;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(server.connect());
    ASSERT_TRUE(clients.back().send(get("/" + std::to_string(i))));
    held.push_back(server.next());
  }
  std::jthread odd([&] {
    for (int i = 49; i > 0; i -= 2) held[i].reply.send({.body = held[i].request.path});
  });
  for (int i = 48; i >= 0; i -= 2) held[i].reply.send({.body = held[i].request.path});
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(clients[i].read_answer().body, "/" + std::to_string(i));
  }
}

TEST(HttpServer, many_pipelined_requests_in_one_write_are_all_answered) {
  TestServer server;
  RawClient client = server.connect();
  std::string all;
  for (int i = 0; i < 3'000; ++i) all += get("/" + std::to_string(i));
  std::jthread sender([&] { client.send(all); });
  for (int i = 0; i < 3'000; ++i) {
    ASSERT_EQ(client.read_answer().body, "GET /" + std::to_string(i) + " ");
  }
}

TEST(HttpServer, a_large_body_goes_in_and_out) {
  TestServer server;
  const std::string body(8'000'000, 'x');
  RawClient client = server.connect();
  std::jthread sender([&] { client.send(post("/", body)); });
  EXPECT_EQ(client.read_answer().body, "POST / " + body);
}

TEST(HttpServer, the_answer_to_head_tells_the_length_and_has_no_body) {
  TestServer server;
  RawClient client = server.connect();
  ASSERT_TRUE(client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(says(client.read_answer(true), "Content-Length: 8\r\n"));
  EXPECT_EQ(client.ask(get("/y")).body, "GET /y ");
}

TEST(HttpServer, an_answer_without_content_has_no_length) {
  TestServer server;
  server.hold();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(post("/", "")));
  server.next().reply.send({.status = 204, .headers = {{"Vary", "Origin"}}});
  EXPECT_EQ(client.read_answer().head, "HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n");
}

TEST(HttpServer, the_body_is_asked_for_when_the_client_waits_and_the_head_passes) {
  TestServer server;
  RawClient client = server.connect();
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(client.ask(head).head, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask("ab").body, "POST / ab");
  EXPECT_EQ(client.ask(head + "cd").body, "POST / cd");
  const std::string too_large =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(client.ask(too_large).status, 413);
}

std::unique_ptr<Response> admit_no_secret(const Request& request) {
  if (request.path != "/secret") return nullptr;
  return std::make_unique<Response>(refusal(401, "UNAUTHORIZED", "A token is needed."));
}

TEST(HttpServer, a_refusal_by_the_head_comes_before_the_body_and_can_be_read_whole) {
  TestServer server({}, admit_no_secret);
  RawClient client = server.connect();
  EXPECT_EQ(client.ask(get("/secret")).status, 200);  // it came whole: its handler judges it
  const std::string all = post("/secret", std::string(800'000, 'x'));
  const RawAnswer refused = client.ask(all.substr(0, 100'000));
  EXPECT_EQ(refused.status, 401);
  for (std::size_t sent = 100'000; sent < all.size(); sent += 50'000) {
    ASSERT_TRUE(client.send(all.substr(sent, 50'000)));
  }
  EXPECT_TRUE(says(refused, "Connection: close\r\n"));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpServer, an_answer_given_up_is_500) {
  TestServer server;
  server.hold();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(get("/")));
  {
    const TestServer::Held dropped = server.next();
  }
  EXPECT_EQ(client.read_answer().status, 500);
  ASSERT_TRUE(client.send(get("/")));
  {
    TestServer::Held moved = server.next();
    const Reply kept = std::move(moved.reply);
  }
  EXPECT_EQ(client.read_answer().status, 500);
}

TEST(HttpServer, a_header_that_breaks_its_line_is_not_sent) {
  TestServer server;
  server.hold();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(get("/")));
  server.next().reply.send({.headers = {{"X", "a\r\nSet-Cookie: b"}}});
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_FALSE(says(answer, "Set-Cookie"));
}

TEST(HttpServer, a_reply_may_outlive_its_connection_and_the_server) {
  TestServer server;
  server.hold();
  ASSERT_TRUE(server.connect().send(get("/gone")));
  TestServer::Held gone = server.next();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(get("/stays")));
  TestServer::Held stays = server.next();
  gone.reply.send({});
  server.stop();
  EXPECT_NE(client.read_to_end(), "silence");
  stays.reply.send({});
}

TEST(HttpServer, an_answer_for_a_client_that_is_gone_reaches_no_other) {
  TestServer server;
  server.hold();
  RawClient gone = server.connect();
  ASSERT_TRUE(gone.send(get("/gone")));
  TestServer::Held late = server.next();
  gone.reset();
  RawClient other = server.connect();  // takes the place of the one that is gone
  ASSERT_TRUE(other.send(get("/other")));
  TestServer::Held held = server.next();
  late.reply.send({.body = "for the one that is gone"});
  held.reply.send({.body = "for the other"});
  EXPECT_EQ(other.read_answer().body, "for the other");
}

TEST(HttpServer, a_client_may_end_its_side_and_still_get_the_answer) {
  TestServer server;
  server.hold();
  RawClient client = server.connect();
  ASSERT_TRUE(client.send(get("/")));
  client.end_sending();
  server.next().reply.send({.body = "late"});
  EXPECT_EQ(client.read_answer().body, "late");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(HttpServer, draining_answers_what_is_under_way_and_takes_nothing_new) {
  TestServer server;
  server.hold();
  RawClient idle = server.connect();
  RawClient busy = server.connect();
  ASSERT_TRUE(busy.send(get("/under/way") + get("/too/late")));
  TestServer::Held held = server.next();
  auto drained = std::async(std::launch::async, [&] { server.server().drain(20s); });
  EXPECT_EQ(idle.read_to_end(), "");  // closed: draining has begun
  EXPECT_FALSE(server.connect().is_connected());
  EXPECT_NE(drained.wait_for(0s), std::future_status::ready);
  held.reply.send({.body = "done"});
  drained.get();
  const RawAnswer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_TRUE(says(answer, "Connection: close\r\n"));
  EXPECT_EQ(busy.read_to_end(), "");
}

TEST(HttpServer, draining_has_patience_and_no_more) {
  TestServer server;
  server.hold();
  RawClient busy = server.connect();
  ASSERT_TRUE(busy.send(get("/")));
  TestServer::Held held = server.next();
  const auto begun = std::chrono::steady_clock::now();
  server.server().drain(20ms);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 20ms);
  held.reply.send({});
  EXPECT_EQ(busy.read_answer().status, 200);
}

TEST(HttpServer, two_thousand_idle_connections_leave_room_for_requests) {
  TestServer server;
  std::vector<RawClient> idle;
  for (int i = 0; i < 2'000; ++i) {
    idle.push_back(server.connect());
    ASSERT_TRUE(idle.back().is_connected());
  }
  EXPECT_EQ(server.ask(get("/first")).status, 200);
  EXPECT_EQ(idle.front().ask(get("/front")).body, "GET /front ");
  EXPECT_EQ(idle.back().ask(get("/back")).body, "GET /back ");
}

TEST(HttpServer, threads_that_answer_while_clients_come_and_go_meet_no_stranger) {
  TestServer server;
  server.hold();
  std::jthread answering([&] {
    for (int i = 0; i < 400; ++i) {
      TestServer::Held held = server.next();
      held.reply.send({.body = held.request.body});
    }
  });
  std::vector<std::jthread> clients;
  for (int thread = 0; thread < 4; ++thread) {
    clients.emplace_back([&server, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(thread * 1'000 + i);
        ASSERT_TRUE(server.connect().send(post("/left", body)));  // does not wait
        RawClient client = server.connect();
        EXPECT_EQ(client.ask(post("/", body)).body, body);
      }
    });
  }
}

}  // namespace
}  // namespace weir::net
