// Tells of requests that failed, were refused or slow, in lines that no flood of them can multiply.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "net/http_server.h"
#include "telemetry/histogram.h"

namespace weir::operate {

// The first few of a kind in each period have a line each, the others of it are counted in one. A
// kind is a status with its stable code. Noted on the server's thread, written by one of its own.
class RequestLog {
 public:
  static constexpr std::size_t lines_max = 5;  // of a kind in a period

  explicit RequestLog(std::chrono::milliseconds period = std::chrono::seconds(10));

  void note(const net::Answered& answered);
  // weir_http_request_seconds, by what was asked for.
  telemetry::Metric seconds() const;

 private:
  struct Kind {
    bool is_slow = false;
    int status = 0;
    std::string error;
    auto operator<=>(const Kind&) const = default;
  };
  struct One {
    std::string message, method, path, peer;
    std::int64_t milliseconds = 0;
  };
  struct Noted {
    std::vector<One> lines;    // not yet written
    std::size_t told = 0;      // of this period, those that wait too
    std::uint64_t beyond = 0;  // the others
  };

  void note(Kind kind, const net::Answered& answered);
  void run(const std::stop_token& stop);
  void write_lines(bool ends_period);

  const std::chrono::milliseconds period_;
  std::mutex mutex_;
  std::map<Kind, Noted> noted_;  // under the mutex
  telemetry::Histogram ingest_, read_, sql_, other_;
  std::jthread thread_;
};

}  // namespace weir::operate
