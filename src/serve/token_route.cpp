#include "serve/token_route.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/duration.h"
#include "core/json_text.h"
#include "core/suggestion.h"
#include "formats/json_value.h"
#include "net/envelope.h"
#include "telemetry/log.h"

namespace weir::serve {
namespace {

struct Wish {
  std::vector<govern::Scope> scopes;
  std::optional<std::chrono::microseconds> expires_in;
};

Error wrong_body() {
  return {Fault::invalid,
          R"(send {"scopes": ["read:TABLE", ...], "expires_in": "30d"}; scopes are admin, )"
          R"(read:NAME, read:*, write:NAME and write:*, and expires_in may be left out)"};
}

Result<Wish> read_wish(const std::string& body) {
  const auto json = formats::JsonValue::parse(body);
  if (!json.ok()) return wrong_body();
  Wish wish;
  for (const auto& [name, value] : json.value().object()) {
    if (name == "expires_in" && value.is_text()) {
      TRY(wish.expires_in, parse_duration(value.text()));
    } else if (name != "scopes" || !value.is_array()) {
      return wrong_body();
    }
  }
  for (const formats::JsonValue& scope : json.value()["scopes"].array()) {
    TRY(wish.scopes.emplace_back(), govern::parse_scope(scope.text()));
  }
  if (wish.scopes.empty()) return wrong_body();
  return wish;
}

std::string time_json(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch();
  return fmt::format("\"{:%Y-%m-%dT%H:%M:%SZ}\"", fmt::gmtime(std::time_t{seconds.count()}));
}

std::string token_json(const govern::Token& token, const std::string& secret) {
  std::string json = fmt::format(R"({{"id":{},"scopes":[)", json_string(token.id));
  for (const govern::Scope& scope : token.scopes) {
    if (json.back() != '[') json += ',';
    json += json_string(to_string(scope));
  }
  json += fmt::format(R"(],"created":{},"expires":{})", time_json(token.created),
                      token.expires ? time_json(*token.expires) : "null");
  if (!secret.empty()) json += fmt::format(R"(,"token":{})", json_string(secret));
  return json + "}";
}

// Why a scope would allow nothing: the workspace has nothing of that name.
std::optional<std::string> names_nothing(const govern::Scope& scope, const ScopeNames& names) {
  if (scope.action == govern::Action::administer || scope.name == "*") return std::nullopt;
  const bool reads = scope.action == govern::Action::read;
  const std::vector<std::string>& known = reads ? names.readable : names.writable;
  if (std::ranges::find(known, scope.name) != known.end()) return std::nullopt;
  return fmt::format("scope {}: the workspace has no {} \"{}\"{}", to_string(scope),
                     reads ? "table, source, stream or api to read called" : "source called",
                     scope.name, did_you_mean(scope.name, known));
}

// An expiry beyond this is as good as none, and its sum would leave the calendar.
constexpr std::chrono::hours expires_in_max{24 * 365 * 100};

}  // namespace

ScopeNames scope_names(const Readables& readables, const std::vector<CheckedApi>& apis) {
  ScopeNames names;
  for (const Readable& readable : readables.all) {
    names.readable.push_back(readable.scope_name());
    if (readable.kind == Readable::Kind::source && readable.rows_of.empty()) {
      names.writable.push_back(readable.name);
    }
  }
  for (const CheckedApi& api : apis) names.readable.push_back(api.declared.name);
  return names;
}

net::Response create_token(const net::Request& request, const ScopeNames& names,
                           govern::Tokens& tokens, const Clock& clock) {
  const Result<Wish> wish = read_wish(request.body);
  if (!wish.ok()) return net::refusal(400, "INVALID_BODY", wish.error().message);
  for (const govern::Scope& scope : wish.value().scopes) {
    if (const auto wrong = names_nothing(scope, names)) {
      return net::refusal(400, "INVALID_SCOPE", *wrong);
    }
  }
  const auto expires_in = wish.value().expires_in;
  if (expires_in && (expires_in->count() == 0 || *expires_in > expires_in_max)) {
    return net::refusal(400, "INVALID_BODY", "expires_in is longer than nothing, at most 36500d");
  }
  std::optional<Instant> expires;
  if (expires_in) expires = clock.now() + *expires_in;
  const auto made = tokens.create(wish.value().scopes, expires);
  if (!made.ok()) return net::refusal(made.error());
  std::string scopes;
  for (const govern::Scope& scope : wish.value().scopes) {
    scopes += (scopes.empty() ? "" : " ") + to_string(scope);
  }
  telemetry::log(telemetry::LogCode::token_created, "a token was made",
                 {{"token", made.value().token.id}, {"scopes", scopes}});
  return net::success(token_json(made.value().token, made.value().secret));
}

net::Response list_tokens(const govern::Tokens& tokens) {
  std::string json = "[";
  for (const govern::Token& token : tokens.list()) {
    if (json.size() > 1) json += ',';
    json += token_json(token, "");
  }
  return net::success(json + "]");
}

net::Response revoke_token(const std::string& id, govern::Tokens& tokens) {
  const Result<void> revoked = tokens.revoke(id);
  if (revoked.ok()) {
    telemetry::log(telemetry::LogCode::token_revoked, "a token was revoked", {{"token", id}});
    return net::success(fmt::format(R"({{"id":{}}})", json_string(id)));
  }
  if (revoked.error().fault != Fault::not_found) return net::refusal(revoked.error());
  return net::refusal(404, "TOKEN_NOT_FOUND",
                      fmt::format("there is no token {}; `weir token list` shows them", id));
}

}  // namespace weir::serve
