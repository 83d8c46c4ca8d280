// An end to a program that does not come to its end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stop_token>
#include <thread>

#include "telemetry/log.h"

namespace weir::cli {

// Ends the program where something does not let it end: neither a query nor a stream can be ended
// inside a function, which may work for hours. Nothing acknowledged is lost by that.
class LastDeadline {
 public:
  LastDeadline(std::chrono::seconds patience, int exit_code)
      : thread_([patience, exit_code](const std::stop_token& stop) {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any().wait_for(lock, stop, patience, [] { return false; });
          if (stop.stop_requested()) return;
          telemetry::log(telemetry::LogCode::server_cut_short,
                         "a query or a stream is in a function that does not end: it is left, and "
                         "what was acknowledged is kept");
          std::_Exit(exit_code);
        }) {}

 private:
  std::jthread thread_;
};

}  // namespace weir::cli
