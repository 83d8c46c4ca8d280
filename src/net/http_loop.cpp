#include "net/http_loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::net {
namespace {

constexpr std::uint64_t listener_id = ~std::uint64_t{0};
constexpr std::uint64_t answers_id = listener_id - 1;
constexpr std::size_t input_bytes = 64 << 10;
constexpr std::size_t events_a_round = 512;
constexpr int accepted_a_round = 256;
// Beyond the limit, so many at a time are told so; the others are closed without a word.
constexpr std::size_t refused_connections_max = 256;

// Deadlines are kept by looking at all of them now and then: fine enough for the shortest.
std::chrono::milliseconds interval_for(const HttpLimits& limits) {
  const auto shortest = std::min(
      {limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.linger_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(1'000));
}

bool is_passing(int error) {
  return error == EINTR || error == ECONNABORTED || error == EPROTO || error == EPERM;
}

}  // namespace

Result<std::unique_ptr<HttpLoop>> HttpLoop::open(const std::string& address, HttpLimits limits,
                                                 HttpServerParts parts) {
  TRY(Listener listener, Listener::open(address));
  Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  Descriptor wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.is_open() || !wakeup.is_open()) {
    return Error{Fault::unavailable, "the HTTP server gets no descriptor: too many files are open"};
  }
  Endpoint endpoint{.limits = limits,
                    .parts = std::move(parts),
                    .answers = std::make_shared<AnswerQueue>(std::move(wakeup)),
                    .input = std::vector<char>(input_bytes)};
  return std::unique_ptr<HttpLoop>(
      new HttpLoop(std::move(epoll), std::move(listener), std::move(endpoint)));
}

HttpLoop::HttpLoop(Descriptor epoll, Listener listener, Endpoint endpoint)
    : epoll_(std::move(epoll)),
      listener_(std::move(listener)),
      port_(listener_.port()),
      endpoint_(std::move(endpoint)),
      sweep_interval_(interval_for(endpoint_.limits)),
      ready_(events_a_round) {
  watch(answers_id, endpoint_.answers->descriptor(), EPOLLIN | EPOLLET, EPOLL_CTL_ADD);
  watch(listener_id, listener_.descriptor(), EPOLLIN, EPOLL_CTL_ADD);
}

void HttpLoop::watch(std::uint64_t id, int descriptor, std::uint32_t events, int operation) {
  epoll_event event{.events = events, .data = {.u64 = id}};
  ASSERT(::epoll_ctl(epoll_.number(), operation, descriptor, &event) == 0);
}

std::uint64_t HttpLoop::id_of(std::uint32_t index, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32) | index;
}

HttpLoop::Slot* HttpLoop::find(std::uint64_t id) {
  Slot& slot = slots_[static_cast<std::uint32_t>(id)];
  return slot.connection && slot.generation == id >> 32 ? &slot : nullptr;
}

void HttpLoop::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { endpoint_.answers->wake(); });
  while (!stop.stop_requested()) {
    const bool may_sleep = endpoint_.answers->may_sleep();
    const int timeout = may_sleep ? static_cast<int>(sweep_interval_.count()) : 0;
    const int events =
        ::epoll_wait(epoll_.number(), ready_.data(), static_cast<int>(ready_.size()), timeout);
    ASSERT(events >= 0 || errno == EINTR);
    play_round(events);
  }
  endpoint_.answers->close();
  listener_.close();
  slots_.clear();
  free_.clear();
}

void HttpLoop::play_round(int events) {
  endpoint_.answers->awake();
  endpoint_.now = std::chrono::steady_clock::now();
  for (int i = 0; i < events; ++i) dispatch(ready_[i].data.u64, ready_[i].events);
  send_answers();
  if (endpoint_.now >= next_sweep_) sweep();
  if (is_drain_asked_.load(std::memory_order_acquire)) go_on_draining();
}

void HttpLoop::dispatch(std::uint64_t id, std::uint32_t events) {
  if (id == answers_id) return;  // it has done its work by waking us
  if (id == listener_id) return accept_waiting();
  Slot* const slot = find(id);
  if (slot == nullptr) return;
  HttpConnection& connection = *slot->connection;
  bool is_unwanted_input = false;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) connection.abandon();
  if ((events & EPOLLOUT) != 0 && connection.wants_write()) connection.write();
  if ((events & EPOLLIN) != 0 && connection.is_open()) {
    is_unwanted_input = !connection.wants_read();
    if (!is_unwanted_input) connection.read();
  }
  settle(id, *slot, is_unwanted_input);
}

void HttpLoop::accept_waiting() {
  for (int i = 0; i < accepted_a_round && listener_.is_open(); ++i) {
    Accepted accepted = listener_.accept();
    if (accepted.socket.is_open()) {
      admit(std::move(accepted));
    } else if (accepted.error == EAGAIN) {
      return;
    } else if (!is_passing(accepted.error)) {
      // No descriptor or memory is left: the clients wait in the backlog until the next sweep.
      return watch_listener(false);
    }
  }
}

void HttpLoop::admit(Accepted accepted) {
  const std::size_t connections_max = endpoint_.limits.connections_max;
  const bool is_beyond = connections() >= connections_max;
  if (connections() >= connections_max + refused_connections_max) return;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  const std::uint64_t id = id_of(index, ++slot.generation);
  slot.connection = std::make_unique<HttpConnection>(std::move(accepted.socket),
                                                     std::move(accepted.peer), id, endpoint_);
  slot.watched = EPOLLIN;
  watch(id, slot.connection->descriptor(), EPOLLIN, EPOLL_CTL_ADD);
  if (is_beyond) {
    slot.connection->refuse({503, "TOO_MANY_CONNECTIONS", "All connections are taken: try again."});
  }
  settle(id, slot, false);
}

void HttpLoop::watch_listener(bool is_accepting) {
  if (is_accepting_ == is_accepting || !listener_.is_open()) return;
  is_accepting_ = is_accepting;
  watch(listener_id, listener_.descriptor(), is_accepting ? EPOLLIN : 0U, EPOLL_CTL_MOD);
}

// Input is watched until some comes that is not wanted yet, which few clients send: so a request
// costs no call to change what is watched.
void HttpLoop::settle(std::uint64_t id, Slot& slot, bool is_unwanted_input) {
  HttpConnection& connection = *slot.connection;
  if (!connection.is_open()) {
    slot.connection.reset();
    slot.deadline = Deadline::max();
    return free_.push_back(static_cast<std::uint32_t>(id));
  }
  slot.deadline = connection.deadline();
  std::uint32_t wanted = connection.wants_write() ? EPOLLOUT : 0U;
  if (connection.wants_read()) {
    wanted |= EPOLLIN;
  } else if (!is_unwanted_input) {
    wanted |= slot.watched & EPOLLIN;
  }
  if (wanted == slot.watched) return;
  slot.watched = wanted;
  watch(id, connection.descriptor(), wanted, EPOLL_CTL_MOD);
}

void HttpLoop::send_answers() {
  endpoint_.answers->take(answers_);
  for (Answer& answer : answers_) {
    Slot* const slot = find(answer.connection);
    if (slot == nullptr) continue;
    slot->connection->answer(std::move(answer.response));
    settle(answer.connection, *slot, false);
  }
  answers_.clear();
}

void HttpLoop::sweep() {
  next_sweep_ = endpoint_.now + sweep_interval_;
  watch_listener(true);
  for (std::uint32_t index = 0; index < slots_.size(); ++index) {
    Slot& slot = slots_[index];
    if (!slot.connection || slot.deadline > endpoint_.now) continue;
    slot.connection->expire();
    settle(id_of(index, slot.generation), slot, false);
  }
}

void HttpLoop::go_on_draining() {
  if (!endpoint_.is_draining) {
    endpoint_.is_draining = true;
    listener_.close();
  }
  bool is_busy = false;
  for (std::uint32_t index = 0; index < slots_.size(); ++index) {
    Slot& slot = slots_[index];
    if (!slot.connection) continue;
    slot.connection->drain();
    is_busy = is_busy || slot.connection->is_busy();
    settle(id_of(index, slot.generation), slot, false);
  }
  if (is_busy) return;
  const std::lock_guard lock(mutex_);
  is_drained_ = true;
  drained_.notify_all();
}

void HttpLoop::drain(std::chrono::milliseconds patience) {
  is_drain_asked_.store(true, std::memory_order_release);
  endpoint_.answers->wake();
  std::unique_lock lock(mutex_);
  drained_.wait_for(lock, patience, [this] { return is_drained_; });
}

}  // namespace weir::net
