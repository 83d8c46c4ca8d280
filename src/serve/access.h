// Who calls: the bearer token of a request.
#pragma once

#include <memory>
#include <variant>

#include "govern/tokens.h"
#include "net/http.h"

namespace weir::serve {

// The caller's token, or the answer to one who has none: 401 with words.
std::variant<std::shared_ptr<const govern::Token>, net::Response> authenticate(
    const govern::Tokens& tokens, const net::Request& request);

// 403 unless the token is an administrator's; nothing when it is.
std::unique_ptr<net::Response> refuse_administering(const govern::Token& token);
// 403 unless the token may read something; nothing when it may.
std::unique_ptr<net::Response> refuse_looking(const govern::Token& token);

}  // namespace weir::serve
