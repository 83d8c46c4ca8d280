// /weir/v1/tokens: makes, lists and revokes tokens. For administrators.
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "govern/tokens.h"
#include "net/http.h"
#include "serve/api_route.h"
#include "serve/readable.h"

namespace weir::serve {

// What a scope may name.
struct ScopeNames {
  std::vector<std::string> readable;
  std::vector<std::string> writable;
};
ScopeNames scope_names(const Readables& readables, const std::vector<CheckedApi>& apis);

// POST {"scopes": ["read:flights"], "expires_in": "30d"}; the secret is in this answer alone. 400
// for a scope that allows nothing, since the workspace has nothing of its name.
net::Response create_token(const net::Request& request, const ScopeNames& names,
                           govern::Tokens& tokens, const Clock& clock);
net::Response list_tokens(const govern::Tokens& tokens);
net::Response revoke_token(const std::string& id, govern::Tokens& tokens);

}  // namespace weir::serve
