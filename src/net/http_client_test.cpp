#include "net/http_client.h"

#include <gtest/gtest.h>

#include <thread>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

std::string url_of(TestServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.server().port());
}

TEST(HttpClient, what_is_sent_arrives_and_the_answer_comes_back) {
  TestServer server;
  server.hold();
  const auto client = HttpClient::open(url_of(server) + "/", "secret").value();
  std::jthread answering([&] {
    auto [request, reply] = server.next();
    EXPECT_EQ(request.method, "PUT");
    EXPECT_EQ(request.path, "/a b");
    EXPECT_EQ(request.query.at(0).second, "堰 &");
    EXPECT_EQ(request.header("authorization"), "Bearer secret");
    EXPECT_EQ(request.header("content-type"), "application/x-ndjson");
    EXPECT_EQ(request.header("x-empty"), "");
    EXPECT_EQ(request.body, std::string("a\0b", 3));
    EXPECT_EQ(request.peer, "127.0.0.1");
    reply.send({.status = 422, .body = "no", .headers = {{"Retry-After", "7"}}});
  });
  const Response response =
      client
          ->send("PUT", "/a%20b?q=" + percent_encode("堰 &"), std::string("a\0b", 3),
                 {{"Content-Type", "application/x-ndjson"}, {"X-Empty", ""}})
          .value();
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body, "no");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.headers,
            (std::vector<std::pair<std::string, std::string>>{{"retry-after", "7"}}));
}

TEST(HttpClient, one_client_asks_again_with_every_method) {
  TestServer server;
  const auto client = HttpClient::open(url_of(server), "").value();
  EXPECT_EQ(client->send("GET", "/1").value().body, "GET /1 ");
  EXPECT_EQ(client->send("POST", "/2", "b").value().body, "POST /2 b");
  EXPECT_EQ(client->send("POST", "/3").value().body, "POST /3 ");
  EXPECT_EQ(client->send("HEAD", "/4").value().body, "");
  EXPECT_EQ(client->send("DELETE", "/5").value().body, "DELETE /5 ");
  EXPECT_EQ(client->send("OPTIONS", "/6").value().body, "OPTIONS /6 ");
  EXPECT_EQ(client->send("GET", "/7").value().body, "GET /7 ");
}

TEST(HttpClient, a_body_beyond_what_curl_sends_at_once_arrives_whole) {
  TestServer server;
  const auto client = HttpClient::open(url_of(server), "").value();
  const std::string body(3'000'000, 'x');
  EXPECT_EQ(client->send("POST", "/", body).value().body, "POST / " + body);
}

TEST(HttpClient, a_redirect_is_an_answer) {
  TestServer server;
  server.hold();
  const auto client = HttpClient::open(url_of(server), "").value();
  std::jthread answering(
      [&] { server.next().reply.send({.status = 302, .headers = {{"Location", "/elsewhere"}}}); });
  EXPECT_EQ(client->send("GET", "/").value().status, 302);
}

TEST(HttpClient, a_server_that_is_not_there_is_unavailable_in_words) {
  TestServer server;
  const std::string url = url_of(server);
  const auto client = HttpClient::open(url, "").value();
  EXPECT_TRUE(client->send("GET", "/").ok());
  server.stop();
  const Result<Response> answer = client->send("GET", "/");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::unavailable);
  EXPECT_EQ(answer.error().message, "nobody answers at " + url + ": is the server running there?");
}

TEST(HttpClient, what_is_no_url_or_more_than_a_line_is_invalid) {
  for (const char* base :
       {"", "127.0.0.1", "ftp://host", "http://", "http://host/?q=1", "http://h#f"}) {
    const auto client = HttpClient::open(base, "");
    ASSERT_FALSE(client.ok()) << base;
    EXPECT_EQ(client.error().fault, Fault::invalid);
  }
  EXPECT_FALSE(HttpClient::open("http://host", "a\r\nX: b").ok());
  TestServer server;
  const auto client = HttpClient::open(url_of(server), "").value();
  EXPECT_EQ(client->send("GET", "/", {}, {{"X", "a\r\nY: b"}}).error().fault, Fault::invalid);
  EXPECT_EQ(client->send("GET", "/ HTTP/1.1\r\nX: y").error().fault, Fault::invalid);
}

TEST(HttpClient, percent_encoding_leaves_only_unreserved_characters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c?d=e&f%+堰"), "a%20b%2Fc%3Fd%3De%26f%25%2B%E5%A0%B0");
}

}  // namespace
}  // namespace weir::net
