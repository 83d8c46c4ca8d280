// Answers of published APIs, kept for as long as their `cache` allows.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/clock.h"
#include "net/http.h"

namespace weir::serve {

// Holds at most so many bytes, and drops what was asked for least lately. Any thread may call.
class AnswerCache {
 public:
  AnswerCache(std::size_t bytes_max, const Clock& clock) : bytes_max_(bytes_max), clock_(clock) {}

  // The answer with the headers X-Cache and Age, unless it is older than its time.
  std::optional<net::Response> find(const std::string& key);
  void put(const std::string& key, const net::Response& response, std::chrono::microseconds keep);

 private:
  struct Entry {
    std::string key;
    net::Response response;
    Instant made;
    std::chrono::microseconds keep;
  };
  using Entries = std::list<Entry>;

  static std::size_t bytes_of(const Entry& entry);
  void drop(Entries::iterator entry);

  const std::size_t bytes_max_;
  const Clock& clock_;
  std::mutex mutex_;
  Entries entries_;  // the latest asked for first; all of this under mutex_
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::serve
