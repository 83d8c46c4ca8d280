// Where requests wait for a worker, in lines that do not hold up one another, and from where they
// are sent away in time though no worker comes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "bounds/query_watch.h"
#include "core/queue.h"
#include "govern/tokens.h"
#include "net/http_server.h"
#include "net/share.h"
#include "serve/routes.h"

namespace weir::serve {

// A request on its way, answered once, by whoever is first.
class Job {
 public:
  Job(net::Request asked, net::Reply reply, Route found,
      std::shared_ptr<const govern::Token> caller)
      : request(std::move(asked)),
        route(std::move(found)),
        token(std::move(caller)),
        reply_(std::move(reply)) {}

  // Any thread may call; what comes after the first answer goes nowhere.
  void answer(net::Response response) {
    if (!is_answered_.test_and_set()) reply_.send(std::move(response));
  }
  // For whoever has taken it out of its line: the request as it came.
  net::Asked give_back() { return {std::move(request), std::move(reply_)}; }

  net::Request request;
  const Route route;
  const std::shared_ptr<const govern::Token> token;  // null where the route asks for none
  const std::chrono::steady_clock::time_point came = std::chrono::steady_clock::now();
  net::Share body;                      // of all that wait
  bounds::QueryWatch::Announced query;  // that it will start at once when its turn comes

 private:
  net::Reply reply_;
  std::atomic_flag is_answered_;
};

using Jobs = Queue<std::shared_ptr<Job>>;

// SQL of the caller's own may take far longer than what else a worker does.
struct Lines {
  explicit Lines(std::size_t waiting_max) : sql(waiting_max), others(waiting_max) {}
  Jobs sql, others;
};

// Any thread may use them. Owns a thread that sends away.
class WaitingLines {
 public:
  // A request stands in line for `time_max`, and as much longer as one may wait for a position
  // where it asks for that.
  WaitingLines(std::size_t waiting_max, std::chrono::milliseconds time_max);
  ~WaitingLines();

  // To its line, or away where that is full or all bodies together are too large.
  void add(const std::shared_ptr<Job>& job);
  bool has_waited_too_long(const Job& job) const;
  // Who stands in line, and stands there no longer.
  std::vector<net::Asked> give_back();
  // No more come; who stands in line is still handed out.
  void close();

  Lines& prompt() { return prompt_; }
  Lines& patient() { return patient_; }  // of those that wait for a position or the journal
  Jobs& taps() { return taps_; }

 private:
  Jobs& line_of(const Job& job);
  std::array<Jobs*, 5> all();
  void run(const std::stop_token& stop);

  const std::chrono::milliseconds time_max_;
  std::atomic<std::size_t> bodies_bytes_ = 0;
  Lines prompt_, patient_;
  Jobs taps_;
  std::jthread thread_;
};

net::Response refuse_overloaded();

}  // namespace weir::serve
