#include "operate/doorway.h"

#include "net/envelope.h"
#include "serve/call.h"

namespace weir::operate {
namespace {

constexpr std::size_t waiting_max = 10'000;
constexpr std::size_t waiting_bytes_max = std::size_t{64} << 20;

constexpr const char* reloading = "a changed workspace is being taken up: requests wait";
constexpr const char* starting =
    "the server starts, and answers once its data are opened and what a crash left is mended";

// Whoever looks after the process asks these, and must not take it for dead.
std::unique_ptr<net::Response> answer_of_health(const net::Request& request, const char* why) {
  if (request.method != "GET" && request.method != "HEAD") return nullptr;
  if (request.path == "/healthz") {
    return std::make_unique<net::Response>(net::success(R"({"alive":true})"));
  }
  if (request.path != "/readyz") return nullptr;
  return std::make_unique<net::Response>(net::refusal_for_now(503, "NOT_READY", why, 1));
}

// A start may take minutes, and whoever sent an event sends it again before that: nothing waits.
std::unique_ptr<net::Response> answer_of_start(const net::Request& request) {
  if (auto health = answer_of_health(request, starting)) return health;
  return std::make_unique<net::Response>(net::refusal_for_now(503, "STARTING", starting, 1));
}

}  // namespace

void Doorway::open(Answering& behind) {
  std::lock_guard lock(mutex_);
  behind_ = &behind;
  was_open_ = true;
  for (net::Asked& asked : waiting_)
    behind.handle(std::move(asked.request), std::move(asked.reply));
  waiting_.clear();
  waiting_bytes_ = 0;
}

void Doorway::close() {
  std::lock_guard lock(mutex_);
  if (behind_ == nullptr) return;
  for (net::Asked& asked : behind_->give_back()) keep(std::move(asked));
  behind_ = nullptr;
}

std::unique_ptr<net::Response> Doorway::check_head(const net::Request& request) const {
  std::lock_guard lock(mutex_);
  if (behind_ != nullptr) return behind_->check_head(request);
  return was_open_ ? nullptr : answer_of_start(request);
}

void Doorway::handle(net::Request request, net::Reply reply) {
  std::lock_guard lock(mutex_);
  if (behind_ != nullptr) return behind_->handle(std::move(request), std::move(reply));
  const auto answer = was_open_ ? answer_of_health(request, reloading) : answer_of_start(request);
  if (answer != nullptr) return reply.send(*answer);
  keep({std::move(request), std::move(reply)});
}

void Doorway::keep(net::Asked asked) {
  const std::size_t bytes = asked.request.body.size();
  if (waiting_.size() == waiting_max || waiting_bytes_ + bytes > waiting_bytes_max) {
    return asked.reply.send(serve::refuse_while_reloading());
  }
  waiting_bytes_ += bytes;
  waiting_.push_back(std::move(asked));
}

}  // namespace weir::operate
