#include "net/http_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace weir::net {
namespace {

constexpr HttpLimits small{.header_bytes_max = 400, .body_bytes_max = 40};

// Everything that a connection's bytes come to, as text, when they come in these pieces.
std::string outcome(const std::vector<std::string_view>& pieces) {
  HttpParser parser(small);
  std::string said;
  for (std::string_view bytes : pieces) {
    for (;;) {
      const Parsed parsed = parser.feed(bytes);
      if (parsed == Parsed::more) break;
      if (parsed == Parsed::refused) {
        return said + std::to_string(parser.refusal().status) + " " +
               std::string(parser.refusal().code);
      }
      if (parsed == Parsed::head) continue;
      const Request request = parser.take().request;
      said += request.method + " " + request.path + " [" + request.body + "] ";
    }
    EXPECT_TRUE(bytes.empty());
  }
  return said + (parser.is_idle() ? "idle" : "more");
}

std::string outcome(std::string_view bytes) { return outcome(std::vector{bytes}); }

std::string post(std::string_view fields, std::string_view body) {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

struct Case {
  std::string bytes;
  const char* outcome;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / [] idle"},
      {"\r\n\r\nGET / HTTP/1.1\r\nHost:\r\n\r\n\r\n", "GET / [] idle"},
      {"GET / HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", "GET / [] GET /2 [] idle"},
      {"BREW /pot HTTP/1.1\r\nhost: h\r\n\r\n", "BREW /pot [] idle"},
      {"GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n", "GET /p [] idle"},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * [] idle"},
      {"DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", "DELETE / [ab] idle"},
      {post("Content-Length: 3\r\n", "abcGET / HTTP/1.0\r\n\r\n"), "POST /x [abc] GET / [] idle"},
      {post("Content-Length: 0\r\n", ""), "POST /x [] idle"},
      {post("Content-Length: 40\r\n", std::string(39, 'x')), "more"},
      {post("Content-Length: 41\r\n", ""), "413 BODY_TOO_LARGE"},
      {post("Content-Length: 99999999999999999999999\r\n", ""), "413 BODY_TOO_LARGE"},
      {post("", ""), "411 LENGTH_REQUIRED"},
      {"PUT / HTTP/1.0\r\n\r\n", "411 LENGTH_REQUIRED"},
      {post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n3;x=\"y\"\r\ncde\r\n0\r\n\r\n"),
       "POST /x [abcde] idle"},
      {post("transfer-encoding:CHUNKED \r\n", "0a\r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\nG"),
       "POST /x [0123456789] more"},
      {post("Transfer-Encoding: chunked\r\n", "28\r\n0123456789012345678901234567890123456789"),
       "more"},
      {post("Transfer-Encoding: chunked\r\n", "29\r\n"), "413 BODY_TOO_LARGE"},
      {post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n28\r\n"), "413 BODY_TOO_LARGE"},
      {post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), "413 BODY_TOO_LARGE"},
      {post("Transfer-Encoding: chunked\r\n", "0\r\n" + std::string(500, 't')),
       "431 HEADERS_TOO_LARGE"},
      {post("Transfer-Encoding: chunked\r\n", "1;" + std::string(2000, 't')), "400 BAD_REQUEST"},
      // Frames that two readers could see differently.
      {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), "400 BAD_REQUEST"},
      {post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length: 3, 3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length: +3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length: -3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length: 0x3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length:\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length : 3\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Content-Length: 3\r\n 4\r\n", "abc"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: gzip, chunked\r\n", ""), "501 NOT_IMPLEMENTED"},
      {post("Transfer-Encoding: identity\r\n", ""), "501 NOT_IMPLEMENTED"},
      {post("Transfer-Encoding: \x0b chunked\r\n", ""), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: xchunked\r\n", ""), "501 NOT_IMPLEMENTED"},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), "400 BAD_REQUEST"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "2\nab\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "2;a\nb\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "2;\r\r\nab"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "2 \r\nab\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "0x2\r\nab\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "-2\r\nab\r\n"), "400 BAD_REQUEST"},
      {post("Transfer-Encoding: chunked\r\n", "\r\nab\r\n"), "400 BAD_REQUEST"},
      // Heads that are none.
      {"GET / HTTP/1.1\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n",
       "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\nHost: h\n\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", "400 BAD_REQUEST"},
      {std::string("GET / HTTP/1.1\r\nHost: h\r\nA: b") + '\0' + "c\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.1\r\nHost: h\r\nA\tb: c\r\n\r\n", "400 BAD_REQUEST"},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / x HTTP/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET /\r\n\r\n", "400 BAD_REQUEST"},
      {"GET\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / \r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/1.10\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET /../x HTTP/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505 HTTP_VERSION_NOT_SUPPORTED"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP_VERSION_NOT_SUPPORTED"},
      {"\x16\x03\x01\x02", "400 BAD_REQUEST"},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400 BAD_REQUEST"},
      {post("Expect: a-miracle\r\n", ""), "417 EXPECTATION_FAILED"},
      {"GET /" + std::string(396, 'a'), "431 HEADERS_TOO_LARGE"},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(400, 'a') + "\r\n\r\n",
       "431 HEADERS_TOO_LARGE"},
      {"GET /" + std::string(395, 'a'), "more"},
  };
  return all;
}

TEST(HttpParser, every_text_comes_to_what_it_must) {
  for (const Case& tried : cases()) EXPECT_EQ(outcome(tried.bytes), tried.outcome) << tried.bytes;
}

TEST(HttpParser, where_the_bytes_are_cut_does_not_matter) {
  for (const Case& tried : cases()) {
    const std::string_view bytes = tried.bytes;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      EXPECT_EQ(outcome({bytes.substr(0, cut), bytes.substr(cut)}), tried.outcome)
          << bytes << "\ncut at " << cut;
    }
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
    EXPECT_EQ(outcome(single), tried.outcome) << bytes;
  }
}

TEST(HttpParser, damaged_texts_come_to_the_same_wherever_they_are_cut) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t end) { return random() % end; };
  const std::string marks = std::string("\r\n :;0a%?\xff,") + '\0';
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = cases()[below(cases().size())].bytes;
    bytes += cases()[below(cases().size())].bytes;
    for (std::size_t damage = below(4); damage > 0; --damage) {
      const std::size_t at = below(bytes.size());
      switch (below(3)) {
        case 0: bytes[at] = marks[below(marks.size())]; break;
        case 1: bytes.erase(at, 1 + below(3)); break;
        default: bytes.insert(at, 1, marks[below(marks.size())]); break;
      }
    }
    const std::string_view all = bytes;
    const std::size_t cut = below(bytes.size() + 1);
    const std::size_t next = cut + below(bytes.size() + 1 - cut);
    ASSERT_EQ(outcome({all.substr(0, cut), all.substr(cut, next - cut), all.substr(next)}),
              outcome(all))
        << bytes << "\ncut at " << cut << " and " << next;
  }
}

TEST(HttpParser, field_names_are_lowered_and_values_trimmed) {
  HttpParser parser(small);
  std::string_view bytes =
      "GET / HTTP/1.1\r\nHOST: h\r\nX-Mixed_Case: \t A B\xe5 \t\r\nEmpty:\r\n\r\n";
  ASSERT_EQ(parser.feed(bytes), Parsed::head);
  const Request& request = parser.head().request;
  EXPECT_EQ(request.header("host"), "h");
  EXPECT_EQ(request.header("x-mixed_case"), "A B\xe5");
  EXPECT_EQ(request.header("empty"), "");
  EXPECT_EQ(request.headers.size(), 3);
}

TEST(HttpParser, a_head_has_a_hundred_fields_at_most) {
  HttpLimits roomy;
  for (const int fields : {100, 101}) {
    std::string head = "GET / HTTP/1.0\r\n";
    for (int i = 0; i < fields; ++i) head += "a: b\r\n";
    head += "\r\n";
    std::string_view bytes = head;
    HttpParser parser(roomy);
    EXPECT_EQ(parser.feed(bytes), fields == 100 ? Parsed::head : Parsed::refused);
  }
}

TEST(HttpParser, the_connection_field_and_the_version_say_whether_it_stays) {
  const struct {
    const char* version;
    const char* fields;
    bool stays;
  } lines[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: x, Close\r\n", false},
      {"1.1", "Connection: x\r\nConnection: ,close,\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: close, keep-alive\r\n", false},
  };
  for (const auto& [version, fields, stays] : lines) {
    const std::string head =
        "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" + fields + "\r\n";
    std::string_view bytes = head;
    HttpParser parser(small);
    ASSERT_EQ(parser.feed(bytes), Parsed::head) << head;
    EXPECT_EQ(parser.head().keeps_alive, stays) << head;
  }
}

TEST(HttpParser, a_body_read_in_place_is_the_same) {
  const HttpLimits limits;
  const std::string body(200'000, 'b');
  const std::string head = post("Content-Length: 200000\r\n", "bb");
  HttpParser parser(limits);
  std::string_view bytes = head;
  ASSERT_EQ(parser.feed(bytes), Parsed::head);
  ASSERT_EQ(parser.feed(bytes), Parsed::more);
  Parsed parsed = Parsed::more;
  for (std::size_t came = 2; parsed == Parsed::more;) {
    const std::span<char> room = parser.body_room();
    ASSERT_FALSE(room.empty());
    const std::size_t now = std::min<std::size_t>(room.size(), 1'777);
    std::ranges::copy_n(body.begin() + came, now, room.begin());
    came += now;
    parsed = parser.body_arrived(now);
  }
  EXPECT_EQ(parsed, Parsed::request);
  EXPECT_EQ(parser.take().request.body, body);
  EXPECT_TRUE(parser.is_idle());
}

TEST(HttpParser, an_announced_body_takes_no_memory_before_it_comes) {
  const HttpLimits limits;
  HttpParser parser(limits);
  const std::string head = post("Content-Length: 30000000\r\n", "");
  std::string_view bytes = head;
  ASSERT_EQ(parser.feed(bytes), Parsed::head);
  ASSERT_EQ(parser.feed(bytes), Parsed::more);
  EXPECT_LE(parser.body_room().size(), 100'000);
}

}  // namespace
}  // namespace weir::net
