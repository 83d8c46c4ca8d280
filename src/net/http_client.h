// Asks an HTTP server, one request at a time over a connection that is kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "net/http.h"

namespace weir::net {

// Owned by one thread.
class HttpClient {
 public:
  // `base` is "http://127.0.0.1:8080"; `token`, if not empty, goes along as the bearer's.
  // Fault::invalid when it is no such URL.
  static Result<std::unique_ptr<HttpClient>> open(const std::string& base,
                                                  const std::string& token);
  virtual ~HttpClient() = default;
  // `target` is the path and query, already percent-encoded. An answer of any status is an answer,
  // redirects too; Fault::unavailable when there is none: nobody listens, the connection breaks,
  // the answer takes more than five minutes or is larger than 1 GB.
  virtual Result<Response> send(
      const std::string& method, const std::string& target, const std::string& body = {},
      const std::vector<std::pair<std::string, std::string>>& headers = {}) = 0;
};

// The text with everything but unreserved characters as %XX.
std::string percent_encode(std::string_view text);

}  // namespace weir::net
