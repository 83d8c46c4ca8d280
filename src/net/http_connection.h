// One client's connection: reads its requests, hands them over one at a time, sends the answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/answer_queue.h"
#include "net/descriptor.h"
#include "net/http_answer.h"
#include "net/http_parser.h"
#include "net/http_server.h"

namespace weir::net {

using Deadline = std::chrono::steady_clock::time_point;

// What the connections of one server share. The server's thread alone touches it.
struct Endpoint {
  HttpLimits limits;
  HttpServerParts parts;
  std::shared_ptr<AnswerQueue> answers;
  Deadline now{};                // of this round
  bool is_draining = false;      // every answer is its connection's last
  std::size_t bodies_bytes = 0;  // of all requests being read
  std::size_t unsent_bytes = 0;  // of all answers being taken
  std::vector<char> input;       // takes one read
  std::string head_text;         // of the answer being sent
};

// Does what its socket allows and never blocks. An idle one holds no buffer.
class HttpConnection {
 public:
  // `id` is what its answers carry in the queue.
  HttpConnection(Descriptor socket, std::string peer, std::uint64_t id, Endpoint& endpoint);

  // The socket has bytes, or room.
  void read();
  void write();
  // To the request that was handed over.
  void answer(Response response);
  // Then closes.
  void refuse(const Refusal& refusal);
  // The deadline has passed.
  void expire();
  // Takes no further request.
  void drain();
  // The client is gone.
  void abandon() { start(Stage::closed); }

  bool is_open() const { return stage_ != Stage::closed; }
  bool wants_read() const { return is_parsing() || stage_ == Stage::lingering; }
  bool wants_write() const { return stage_ == Stage::answering; }
  // A request is being read past its head, handled or answered.
  bool is_busy() const { return stage_ >= Stage::body && stage_ <= Stage::answering; }
  Deadline deadline() const { return deadline_; }
  int descriptor() const { return socket_.number(); }

 private:
  // Lingering: all is said, and the client is given time to read it and to close.
  enum class Stage : std::uint8_t { idle, head, body, handling, answering, lingering, closed };

  bool is_parsing() const { return stage_ <= Stage::body; }
  void start(Stage stage);
  void count_body(std::size_t bytes);
  void keep_unsent(std::string rest);
  void discard();
  void take_in(std::string_view& bytes);
  void follow(Parsed parsed);
  void take_in_pending();
  void await_more();
  void begin_request();
  // False, and refused: by its head alone, before its body is read.
  bool is_wanted();
  void hand_over();
  void decide_afterwards(const HttpHead& head);
  void send(Response response);
  void remember(const Request& request);
  void end_answer();

  Descriptor socket_;
  const std::string peer_;
  const std::uint64_t id_;
  Endpoint& endpoint_;
  Stage stage_ = Stage::closed;
  Afterwards afterwards_ = Afterwards::stays;
  bool is_for_head_ = false;    // the request is HEAD: its answer goes without a body
  bool owes_continue_ = false;  // the client waits for 100 before it sends the body
  bool owes_judgement_ = false;
  Deadline began_{};  // the request under way, as the two below
  std::string method_;
  std::string path_;
  Deadline deadline_;
  Deadline answer_ends_{};  // when the client must have taken all of it
  HttpParser parser_;
  std::size_t body_bytes_ = 0;  // as counted in the endpoint
  std::string pending_;         // came behind the request under way; at most one read
  std::size_t pending_taken_ = 0;
  std::string unsent_;  // of the answer
  std::size_t sent_ = 0;
  std::size_t discarded_bytes_ = 0;
};

}  // namespace weir::net
