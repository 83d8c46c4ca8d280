#include "net/http_server.h"

#include <thread>

#include "net/envelope.h"
#include "net/http_loop.h"

namespace weir::net {
namespace {

class LoopServer final : public HttpServer {
 public:
  explicit LoopServer(std::unique_ptr<HttpLoop> loop)
      : loop_(std::move(loop)),
        thread_([this](const std::stop_token& stop) { loop_->run(stop); }) {}

  std::uint16_t port() const override { return loop_->port(); }
  void drain(std::chrono::milliseconds patience) override { loop_->drain(patience); }

 private:
  const std::unique_ptr<HttpLoop> loop_;
  const std::jthread thread_;  // last: it is joined before the loop goes
};

}  // namespace

Reply::~Reply() {
  if (send_) send(refusal(500, "INTERNAL", "The request was given up; see the server's log."));
}

void Reply::send(Response response) {
  const Send answer = std::exchange(send_, nullptr);
  ASSERT(answer != nullptr);  // once
  answer(std::move(response));
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::string& address, HttpLimits limits,
                                                      HttpServerParts parts) {
  TRY(std::unique_ptr<HttpLoop> loop, HttpLoop::open(address, limits, std::move(parts)));
  return std::make_unique<LoopServer>(std::move(loop));
}

}  // namespace weir::net
