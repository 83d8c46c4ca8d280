// HTTP's messages, free of any server or library.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::net {

// A request with its body whole. The target's percent-encoding is undone in `path` and `query`.
struct Request {
  std::string method;                                        // as sent; GET is not get
  std::string path;                                          // "/api/v1/data/flights"
  std::vector<std::pair<std::string, std::string>> query;    // in the order they came
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // as sent; Content-Encoding not undone
  std::string peer;                                          // the client's address

  // What its Content-Length announces, or has come where that is more.
  std::size_t body_bytes() const;
  // The first header of that lower-case name, or empty.
  std::string_view header(std::string_view name) const;
  // The token of `Authorization: Bearer TOKEN`, without the spaces around it, or empty.
  std::string_view bearer_token() const;
};

// Whether a text would end the line of a head that it stands in, and forge others.
bool breaks_line(std::string_view text);

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // beside Content-Type and -Length
  std::string error{};                                       // the stable code of a refusal
  std::string message{};                                     // and its words
};

}  // namespace weir::net
