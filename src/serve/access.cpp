#include "serve/access.h"

#include <algorithm>

#include "net/envelope.h"

namespace weir::serve {
namespace {

net::Response unauthorized(std::string_view code, std::string_view message,
                           std::string_view challenge) {
  net::Response response = net::refusal(401, code, message);
  response.headers.emplace_back("WWW-Authenticate", challenge);
  return response;
}

}  // namespace

std::variant<std::shared_ptr<const govern::Token>, net::Response> authenticate(
    const govern::Tokens& tokens, const net::Request& request) {
  const std::string_view secret = request.bearer_token();
  if (secret.empty()) {
    return unauthorized("TOKEN_MISSING",
                        "send a token as the header Authorization: Bearer TOKEN; weir token create "
                        "makes one",
                        "Bearer");
  }
  std::shared_ptr<const govern::Token> token = tokens.find(secret);
  if (token == nullptr) {
    return unauthorized("TOKEN_UNKNOWN",
                        "this token is unknown, revoked or expired; weir token create makes a new "
                        "one",
                        R"(Bearer error="invalid_token")");
  }
  return token;
}

std::unique_ptr<net::Response> refuse_administering(const govern::Token& token) {
  if (govern::allows(token.scopes, govern::Action::administer, "")) return nullptr;
  return std::make_unique<net::Response>(
      net::refusal(403, "SCOPE_MISSING", "only a token with the scope admin may do this"));
}

std::unique_ptr<net::Response> refuse_looking(const govern::Token& token) {
  const bool may_look = std::ranges::any_of(token.scopes, [](const govern::Scope& scope) {
    return scope.action != govern::Action::write;
  });
  if (may_look) return nullptr;
  return std::make_unique<net::Response>(net::refusal(
      403, "SCOPE_MISSING", "this token may only write; it needs a scope such as read:*"));
}

}  // namespace weir::serve
