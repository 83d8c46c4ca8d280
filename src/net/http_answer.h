// Writes the head of an answer as HTTP/1.1.
#pragma once

#include <cstdint>
#include <string>

#include "net/http.h"

namespace weir::net {

// What follows the answer, as its Connection field says.
enum class Afterwards : std::uint8_t { stays, stays_for_http_1_0, closes };

// Whether a body goes along at all.
bool carries_body(int status);
// Whether a field would break out of its line and forge others.
bool is_forged(const Response& response);
// The body itself is not written.
void append_head(std::string& text, const Response& response, Afterwards afterwards);

}  // namespace weir::net
