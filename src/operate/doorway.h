// Where requests enter, also before what answers them is there: then they are refused for now; and
// while it is replaced: then they wait.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "net/http_server.h"

namespace weir::operate {

// What stands behind a doorway. Called on the server's thread: must not block.
class Answering {
 public:
  virtual ~Answering() = default;
  virtual std::unique_ptr<net::Response> check_head(const net::Request& request) const = 0;
  virtual void handle(net::Request request, net::Reply reply) = 0;
  // What nobody has begun with.
  virtual std::vector<net::Asked> give_back() = 0;
};

// Any thread. Opened by one that then keeps what stands behind alive until it has closed it.
class Doorway {
 public:
  // What waited goes in first, in its order.
  void open(Answering& behind);
  // When it returns, nobody goes in, and who was not attended to yet waits here again.
  void close();

  // See net::HttpServerParts. Until it is first opened, all but /healthz is refused with 503. Heads
  // are not looked at while it is closed: handle() looks again.
  std::unique_ptr<net::Response> check_head(const net::Request& request) const;
  // While it is closed, /healthz and /readyz are answered at once; 503 beyond 10,000 requests that
  // wait, or 64 MB of bodies.
  void handle(net::Request request, net::Reply reply);

 private:
  void keep(net::Asked asked);

  mutable std::mutex mutex_;
  Answering* behind_ = nullptr;  // under mutex_, as all below
  bool was_open_ = false;
  std::vector<net::Asked> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace weir::operate
