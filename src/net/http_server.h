// Answers HTTP/1.1 on one thread: an epoll loop that owns every connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "net/http.h"
#include "net/http_limits.h"

namespace weir::net {

// Answers one request, once, from any thread. A Reply dropped unanswered answers 500.
class Reply {
 public:
  using Send = std::function<void(Response)>;
  explicit Reply(Send send) : send_(std::move(send)) {}
  Reply(Reply&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept {
    std::swap(send_, other.send_);
    return *this;
  }
  ~Reply();
  // A Reply may outlive its connection and the server: the answer then goes nowhere.
  void send(Response response);

 private:
  Send send_;  // empty: answered
};

// A request that has yet to be answered.
struct Asked {
  Request request;
  Reply reply;
};

// What to answer while a body is yet to come, from method, path, query and headers alone: a refusal
// such as 404, 401 or 411, and the connection is closed. Nothing: go on. A request that comes whole
// is not asked about: whoever handles it refuses it.
using HeadCheck = std::function<std::unique_ptr<Response>(const Request&)>;
// The answer of a refusal the server itself makes. Codes: BAD_REQUEST 400, REQUEST_TIMEOUT 408,
// LENGTH_REQUIRED 411, BODY_TOO_LARGE 413, EXPECTATION_FAILED 417, HEADERS_TOO_LARGE 431,
// INTERNAL 500, NOT_IMPLEMENTED 501, TOO_MANY_CONNECTIONS and SERVER_FULL 503,
// HTTP_VERSION_NOT_SUPPORTED 505.
using RefusalBody = std::function<Response(int status, std::string_view code, std::string message)>;

// A request that is being answered. What it views lives as long as the call.
struct Answered {
  std::string_view method;
  std::string_view path;  // without the query, which may hold keys
  std::string_view peer;
  const Response& response;
  std::chrono::steady_clock::duration took;  // from its whole head on
};

struct HttpServerParts {
  // Runs on the server's thread for each request: must not block. Requests of one connection are
  // handed over one at a time, so that pipelined ones are answered in order.
  std::function<void(Request, Reply)> handle;
  HeadCheck check_head;  // may be empty
  RefusalBody refuse;
  // Runs on the server's thread at each answer: must not block. May be empty.
  std::function<void(const Answered&)> answered = nullptr;
};

class HttpServer {
 public:
  // Binds `address` "127.0.0.1:8080" (port 0: any free one) and starts the thread. Fails as
  // Listener::open does.
  static Result<std::unique_ptr<HttpServer>> start(const std::string& address, HttpLimits limits,
                                                   HttpServerParts parts);
  virtual ~HttpServer() = default;  // stops at once
  virtual std::uint16_t port() const = 0;
  // No new connections or requests; waits until those whose head has come are answered, `patience`
  // at most. Any thread but the server's.
  virtual void drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace weir::net
