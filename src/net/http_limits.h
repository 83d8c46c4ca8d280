// What one client may take of the server before it is refused.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::net {

struct HttpLimits {
  std::size_t header_bytes_max = 16 << 10;   // 431 beyond
  std::size_t body_bytes_max = 32 << 20;     // as sent; 413 beyond
  std::size_t bodies_bytes_max = 256 << 20;  // of all bodies being read; 503 for what exceeds it
  std::size_t connections_max = 20'000;      // the next are answered 503 and closed
  std::chrono::milliseconds head_timeout = std::chrono::seconds(10);  // first byte to last; 408
  // For the whole body, 408 beyond; and until the client takes the next part of an answer.
  std::chrono::milliseconds body_timeout = std::chrono::seconds(60);
  std::size_t answer_rate_min = 64 << 10;    // bytes a second that it takes beside that
  std::size_t unsent_bytes_max = 256 << 20;  // of all answers being taken; beyond: cut off
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(120);  // closed silently beyond
  std::chrono::milliseconds linger_timeout = std::chrono::seconds(5);  // for the client to close
  std::size_t drain_bytes_max = 1 << 20;  // of a refused body, so that the refusal can be read
};

}  // namespace weir::net
