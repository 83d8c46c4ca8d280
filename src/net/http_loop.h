// The epoll loop that owns a server's connections: who is ready, who is late, who comes and goes.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/answer_queue.h"
#include "net/descriptor.h"
#include "net/http_connection.h"
#include "net/http_server.h"
#include "net/listener.h"

namespace weir::net {

class HttpLoop {
 public:
  static Result<std::unique_ptr<HttpLoop>> open(const std::string& address, HttpLimits limits,
                                                HttpServerParts parts);
  // Until stopped; then every connection is closed. By the one thread that everything belongs to.
  void run(const std::stop_token& stop);
  // See HttpServer. Any other thread.
  void drain(std::chrono::milliseconds patience);
  std::uint16_t port() const { return port_; }

 private:
  // A place for a connection. Its generation tells it from those that had the place before.
  struct Slot {
    std::unique_ptr<HttpConnection> connection;  // none: free
    Deadline deadline{};
    std::uint32_t generation = 0;
    std::uint32_t watched = 0;  // the events that epoll reports
  };

  HttpLoop(Descriptor epoll, Listener listener, Endpoint endpoint);
  static std::uint64_t id_of(std::uint32_t index, std::uint32_t generation);
  Slot* find(std::uint64_t id);  // none: it is gone

  void play_round(int events);
  void watch(std::uint64_t id, int descriptor, std::uint32_t events, int operation);
  void dispatch(std::uint64_t id, std::uint32_t events);
  void accept_waiting();
  void admit(Accepted accepted);
  void watch_listener(bool is_accepting);
  void settle(std::uint64_t id, Slot& slot, bool is_unwanted_input);
  void send_answers();
  void sweep();
  void go_on_draining();
  std::size_t connections() const { return slots_.size() - free_.size(); }

  const Descriptor epoll_;
  Listener listener_;
  const std::uint16_t port_;
  Endpoint endpoint_;
  const std::chrono::milliseconds sweep_interval_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<epoll_event> ready_;
  std::vector<Answer> answers_;
  Deadline next_sweep_{};
  bool is_accepting_ = true;

  std::atomic<bool> is_drain_asked_ = false;
  std::mutex mutex_;
  std::condition_variable drained_;
  bool is_drained_ = false;  // under the mutex
};

}  // namespace weir::net
