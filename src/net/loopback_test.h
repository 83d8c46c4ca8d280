// For tests: a server on loopback, and a client that sends any bytes and shows all that comes back.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/queue.h"
#include "net/descriptor.h"
#include "net/envelope.h"
#include "net/http_server.h"

namespace weir::net {

// An answer as it came. Status 0: none came.
struct RawAnswer {
  int status = 0;
  std::string head;
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) set(SO_RCVBUF, receive_buffer_bytes);
    // So that a server that keeps silent fails the test and does not hang it.
    const timeval patience{.tv_sec = 20};
    set(SO_RCVTIMEO, patience);
    set(SO_SNDTIMEO, patience);
    const sockaddr_in address{.sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    is_connected_ = ::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                              sizeof address) == 0;
  }

  bool is_connected() const { return is_connected_; }

  // Whether all of it was taken.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Something can be read, or the server has closed.
  bool has_answer() const {
    pollfd asked{.fd = socket_.number(), .events = POLLIN};
    return ::poll(&asked, 1, 0) > 0;
  }

  // Goes without a good-bye, as a client that crashed.
  void reset() {
    set(SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    socket_.close();
  }

  void end_sending() { ::shutdown(socket_.number(), SHUT_WR); }

  RawAnswer read_answer(bool is_for_head = false) {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    RawAnswer answer{.head = unread_.substr(0, end + 4)};
    unread_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    std::size_t bytes = 0;
    const std::size_t length = answer.head.find("Content-Length: ");
    if (length != std::string::npos && !is_for_head) {
      std::from_chars(answer.head.data() + length + 16, answer.head.data() + end, bytes);
    }
    while (unread_.size() < bytes) {
      if (!receive()) return {};
    }
    answer.body = unread_.substr(0, bytes);
    unread_.erase(0, bytes);
    return answer;
  }

  RawAnswer ask(std::string_view bytes) { return send(bytes) ? read_answer() : RawAnswer{}; }

  // Reads at most so many bytes, which are forgotten. How many; 0: the server has closed.
  std::size_t take(std::size_t bytes_max) {
    std::string bytes(bytes_max, '\0');
    const ssize_t count = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  // What comes until the server closes; "reset" or "silence" at the end when it does not.
  std::string read_to_end() {
    while (receive()) continue;
    return std::exchange(unread_, {}) + ending_;
  }

 private:
  template <class T>
  void set(int option, T value) {
    ASSERT(::setsockopt(socket_.number(), SOL_SOCKET, option, &value, sizeof value) == 0);
  }

  bool receive() {
    std::array<char, 16 << 10> bytes{};
    const ssize_t count = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
    if (count < 0) ending_ = errno == ECONNRESET ? "reset" : "silence";
    if (count <= 0) return false;
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

  Descriptor socket_;
  bool is_connected_ = false;
  std::string unread_;
  std::string ending_;
};

// Answers "METHOD path body", unless its test holds the requests and answers them itself.
class TestServer {
 public:
  struct Held {
    Request request;
    Reply reply;
  };

  explicit TestServer(HttpLimits limits = {}, HeadCheck check_head = {}) {
    HttpServerParts parts{
        .handle = [this](Request request,
                         Reply reply) { take(std::move(request), std::move(reply)); },
        .check_head = std::move(check_head),
        .refuse = server_refusal};
    server_ = HttpServer::start("127.0.0.1:0", limits, std::move(parts)).value();
  }

  RawClient connect() const { return RawClient(server_->port()); }
  RawAnswer ask(std::string_view bytes) const { return connect().ask(bytes); }
  void hold() { is_holding_ = true; }
  Held next() { return held_.pop().value(); }
  HttpServer& server() { return *server_; }
  void stop() { server_.reset(); }

 private:
  void take(Request request, Reply reply) {
    if (is_holding_) {
      ASSERT(held_.try_push({std::move(request), std::move(reply)}));
      return;
    }
    Response echo{.content_type = "text/plain"};
    echo.body = request.method + " " + request.path + " " + request.body;
    reply.send(std::move(echo));
  }

  std::atomic<bool> is_holding_ = false;
  Queue<Held> held_{1'000};
  std::unique_ptr<HttpServer> server_;
};

}  // namespace weir::net
