// Reads the head of an HTTP/1.1 request as RFC 9112 writes it. Strict wherever two readers could
// understand one text differently, because that is how requests are smuggled past a proxy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace weir::net {

// Why the server itself will not take a request. `code` is stable.
struct Refusal {
  int status = 400;
  std::string_view code = "BAD_REQUEST";
  std::string message;
};

struct HttpHead {
  Request request;  // its body empty
  bool is_http_1_0 = false;
  bool keeps_alive = true;
  bool expects_continue = false;
  bool is_chunked = false;
  std::optional<std::uint64_t> content_length;
};

// Whether a method or a field's name may hold it.
bool is_token_character(char character);
// Whether no line of a head or a chunked body may hold it.
bool is_control(char character);

// `text` is the head up to and with its empty line; every line of it ends with CR LF.
// 400, 417, 431 (too many fields), 501 (a transfer coding but chunked) or 505.
std::optional<Refusal> parse_head(std::string_view text, HttpHead& head);

}  // namespace weir::net
