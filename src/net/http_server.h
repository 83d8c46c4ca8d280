// Answers HTTP/1.1 on one thread: an epoll loop that owns every connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "net/http.h"

namespace weir::net {

struct HttpLimits {
  std::size_t header_bytes_max = 16 << 10;  // 431 beyond
  std::size_t body_bytes_max = 32 << 20;    // as sent; 413 beyond
  std::size_t connections_max = 20'000;     // the next are answered 503 and closed
  std::chrono::seconds head_timeout{10};    // from first byte to end of head; 408
  std::chrono::seconds body_timeout{60};    // for the body; 408
  std::chrono::seconds idle_timeout{120};   // between requests; closed silently
  std::size_t drain_bytes_max = 1 << 20;    // of a refused body, so that the refusal can be read
};

// Answers one request, once, from any thread. A Reply dropped unanswered answers 500.
class Reply {
 public:
  using Send = std::function<void(Response)>;
  explicit Reply(Send send);
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept = default;
  ~Reply();
  void send(Response response);

 private:
  Send send_;
};

// What to answer before the body is read, from method, path, query and headers alone (body is
// empty): a refusal such as 404, 401 or 411. Nothing: go on.
using HeadCheck = std::function<std::unique_ptr<Response>(const Request&)>;
// The body of a refusal the server itself makes (400, 408, 411, 413, 431, 501, 503, 505).
using RefusalBody = std::function<Response(int status, std::string_view code, std::string message)>;

struct HttpServerParts {
  // Runs on the server's thread for each request: must not block. Requests of one connection are
  // handed over one at a time, so that pipelined ones are answered in order.
  std::function<void(Request, Reply)> handle;
  HeadCheck check_head;  // may be empty
  RefusalBody refuse;
};

class HttpServer {
 public:
  // Binds `address` "127.0.0.1:8080" (port 0: any free one) and starts the thread.
  static Result<std::unique_ptr<HttpServer>> start(const std::string& address, HttpLimits limits,
                                                   HttpServerParts parts);
  virtual ~HttpServer() = default;  // stops at once
  virtual std::uint16_t port() const = 0;
  // No new connections or requests; waits until those under way are answered, `patience` at most.
  virtual void drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace weir::net
