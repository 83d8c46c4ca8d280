// One request on its way through the gateway, with who asks and what it may use.
#pragma once

#include <memory>
#include <string_view>

#include "core/result.h"
#include "engine/database.h"
#include "govern/tokens.h"
#include "net/http.h"
#include "serve/readable.h"

namespace weir::serve {

struct Call {
  const net::Request& request;
  const govern::Token& token;
  engine::Connection& connection;  // of the worker that answers
  Freshness& freshness;
};

// Honours `?wait=POSITION&timeout=10s` for a read of these relations; at once without it.
// Nothing: go on. Else the answer: 400 for a wait that is none, 504 when it took too long.
std::unique_ptr<net::Response> wait_as_asked(const Call& call,
                                             const std::vector<std::string>& relations);

// 403 when the token may not read that name; nothing when it may.
std::unique_ptr<net::Response> refuse_reading(const Call& call, std::string_view name);

}  // namespace weir::serve
