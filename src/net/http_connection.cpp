#include "net/http_connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace weir::net {
namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

bool would_block(int error) { return error == EAGAIN || error == EINTR; }

ssize_t send_both(int socket, std::string_view head, std::string_view body) {
  std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                             iovec{const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = body.empty() ? 1 : 2;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

}  // namespace

HttpConnection::HttpConnection(Descriptor socket, std::string peer, std::uint64_t id,
                               Endpoint& endpoint)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      id_(id),
      endpoint_(endpoint),
      parser_(endpoint.limits) {
  start(Stage::idle);
}

void HttpConnection::start(Stage stage) {
  const HttpLimits& limits = endpoint_.limits;
  stage_ = stage;
  if (stage != Stage::body) count_body(0);
  if (stage != Stage::answering) keep_unsent({});
  switch (stage) {
    case Stage::idle: deadline_ = endpoint_.now + limits.idle_timeout; break;
    case Stage::head: deadline_ = endpoint_.now + limits.head_timeout; break;
    case Stage::body: deadline_ = endpoint_.now + limits.body_timeout; break;
    case Stage::answering:
      deadline_ = std::min(endpoint_.now + limits.body_timeout, answer_ends_);
      break;
    case Stage::lingering: deadline_ = endpoint_.now + limits.linger_timeout; break;
    case Stage::handling:
    case Stage::closed: deadline_ = Deadline::max(); break;
  }
}

void HttpConnection::count_body(std::size_t bytes) {
  endpoint_.bodies_bytes += bytes - body_bytes_;
  body_bytes_ = bytes;
}

void HttpConnection::keep_unsent(std::string rest) {
  endpoint_.unsent_bytes += rest.size() - unsent_.size();
  unsent_.swap(rest);
}

void HttpConnection::read() {
  if (stage_ == Stage::lingering) return discard();
  const std::span<char> body = parser_.body_room();
  const std::span<char> room = body.empty() ? std::span<char>(endpoint_.input) : body;
  const ssize_t bytes = ::recv(socket_.number(), room.data(), room.size(), 0);
  if (bytes < 0 && would_block(errno)) return;
  if (bytes <= 0) return start(Stage::closed);
  if (!body.empty()) return follow(parser_.body_arrived(static_cast<std::size_t>(bytes)));
  std::string_view came(room.data(), static_cast<std::size_t>(bytes));
  take_in(came);
  if (!is_parsing() && afterwards_ != Afterwards::closes) pending_ = came;
}

// A connection that is closed on unread bytes is reset, and the client may lose the last answer.
void HttpConnection::discard() {
  const std::span<char> room(endpoint_.input);
  const ssize_t bytes = ::recv(socket_.number(), room.data(), room.size(), 0);
  if (bytes < 0 && would_block(errno)) return;
  if (bytes > 0) discarded_bytes_ += static_cast<std::size_t>(bytes);
  if (bytes <= 0 || discarded_bytes_ > endpoint_.limits.drain_bytes_max) start(Stage::closed);
}

void HttpConnection::take_in(std::string_view& bytes) {
  while (is_parsing()) {
    const Parsed parsed = parser_.feed(bytes);
    follow(parsed);
    if (parsed == Parsed::more) return;
  }
}

void HttpConnection::follow(Parsed parsed) {
  switch (parsed) {
    case Parsed::more: return await_more();
    case Parsed::head: return begin_request();
    case Parsed::request: return hand_over();
    case Parsed::refused: return refuse(parser_.refusal());
  }
}

void HttpConnection::take_in_pending() {
  if (stage_ != Stage::idle || pending_.empty()) return;
  std::string_view bytes = std::string_view(pending_).substr(pending_taken_);
  take_in(bytes);
  pending_taken_ = pending_.size() - bytes.size();
  if (!bytes.empty()) return;
  std::string().swap(pending_);
  pending_taken_ = 0;
}

void HttpConnection::await_more() {
  if (stage_ == Stage::idle && !parser_.is_idle()) start(Stage::head);
  if (!parser_.awaits_body()) return;
  if (std::exchange(owes_judgement_, false) && !is_wanted()) return;
  count_body(parser_.body_bytes());
  if (endpoint_.bodies_bytes > endpoint_.limits.bodies_bytes_max) {
    return refuse({503, "SERVER_FULL", "Too many bodies are being received: try again."});
  }
  if (!std::exchange(owes_continue_, false)) return;
  if (!parser_.head().request.body.empty()) return;  // it did not wait
  const ssize_t sent = ::send(socket_.number(), go_on.data(), go_on.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(go_on.size())) start(Stage::closed);
}

void HttpConnection::begin_request() {
  start(Stage::body);
  const HttpHead& head = parser_.head();
  remember(head.request);
  is_for_head_ = head.request.method == "HEAD";
  owes_continue_ = head.expects_continue;
  owes_judgement_ = endpoint_.parts.check_head != nullptr;
  decide_afterwards(head);
}

bool HttpConnection::is_wanted() {
  std::unique_ptr<Response> refused = endpoint_.parts.check_head(parser_.head().request);
  if (!refused) return true;
  afterwards_ = Afterwards::closes;
  parser_.take();
  send(std::move(*refused));
  return false;
}

void HttpConnection::remember(const Request& request) {
  if (!endpoint_.parts.answered) return;
  began_ = endpoint_.now;
  method_ = request.method;
  path_ = request.path;
}

void HttpConnection::decide_afterwards(const HttpHead& head) {
  if (!head.keeps_alive) {
    afterwards_ = Afterwards::closes;
  } else {
    afterwards_ = head.is_http_1_0 ? Afterwards::stays_for_http_1_0 : Afterwards::stays;
  }
}

void HttpConnection::hand_over() {
  Request request = parser_.take().request;
  request.peer = peer_;
  start(Stage::handling);
  const auto put = [answers = endpoint_.answers, id = id_](Response response) {
    answers->put(id, std::move(response));
  };
  endpoint_.parts.handle(std::move(request), Reply(put));
}

void HttpConnection::answer(Response response) {
  ASSERT(stage_ == Stage::handling);
  send(std::move(response));
  take_in_pending();
}

void HttpConnection::refuse(const Refusal& refusal) {
  afterwards_ = Afterwards::closes;
  const Request refused = parser_.take().request;
  is_for_head_ = refused.method == "HEAD";
  remember(refused);
  send(endpoint_.parts.refuse(refusal.status, refusal.code, refusal.message));
}

void HttpConnection::send(Response response) {
  if (is_forged(response)) {
    response = endpoint_.parts.refuse(500, "INTERNAL", "The answer held a header with a line end.");
  }
  if (endpoint_.parts.answered) {
    endpoint_.parts.answered({method_, path_, peer_, response, endpoint_.now - began_});
  }
  if (endpoint_.is_draining) afterwards_ = Afterwards::closes;
  std::string& head = endpoint_.head_text;
  head.clear();
  append_head(head, response, afterwards_);
  std::string body = std::move(response.body);
  if (is_for_head_ || !carries_body(response.status)) body.clear();

  const HttpLimits& limits = endpoint_.limits;
  answer_ends_ = endpoint_.now + limits.body_timeout +
                 std::chrono::seconds((head.size() + body.size()) / limits.answer_rate_min);
  start(Stage::answering);
  const ssize_t sent = send_both(socket_.number(), head, body);
  if (sent < 0 && !would_block(errno)) return start(Stage::closed);
  const std::size_t gone = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  if (gone == head.size() + body.size()) return end_answer();
  const bool is_head_gone = gone >= head.size();
  keep_unsent(is_head_gone ? std::move(body) : head.substr(gone) + body);
  sent_ = is_head_gone ? gone - head.size() : 0;
  // What the client takes at once is never refused: small answers pass whatever the others hold.
  if (endpoint_.unsent_bytes > limits.unsent_bytes_max) start(Stage::closed);
}

void HttpConnection::write() {
  const std::string_view rest = std::string_view(unsent_).substr(sent_);
  const ssize_t sent = ::send(socket_.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0 && would_block(errno)) return;
  if (sent < 0) return start(Stage::closed);
  start(Stage::answering);
  sent_ += static_cast<std::size_t>(sent);
  if (sent_ < unsent_.size()) return;
  end_answer();
  take_in_pending();
}

void HttpConnection::end_answer() {
  if (afterwards_ != Afterwards::closes) return start(Stage::idle);
  const bool is_shut = ::shutdown(socket_.number(), SHUT_WR) == 0;
  start(is_shut ? Stage::lingering : Stage::closed);
}

void HttpConnection::expire() {
  if (stage_ == Stage::head || stage_ == Stage::body) {
    return refuse({408, "REQUEST_TIMEOUT", "The request did not come to its end in time."});
  }
  start(Stage::closed);
}

void HttpConnection::drain() {
  if (stage_ <= Stage::head) start(Stage::closed);
}

}  // namespace weir::net
