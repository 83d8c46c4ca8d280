// /weir/v1/tokens: makes, lists and revokes tokens. For administrators.
#pragma once

#include <string>

#include "core/clock.h"
#include "govern/tokens.h"
#include "net/http.h"

namespace weir::serve {

// POST {"scopes": ["read:flights"], "expires_in": "30d"}; the secret is in this answer alone.
net::Response create_token(const net::Request& request, govern::Tokens& tokens, const Clock& clock);
net::Response list_tokens(const govern::Tokens& tokens);
net::Response revoke_token(const std::string& id, govern::Tokens& tokens);

}  // namespace weir::serve
