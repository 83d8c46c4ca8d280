#include "collect/gate.h"

#include <fmt/format.h>

#include "collect/beacon_snippet.h"
#include "collect/cross_origin.h"
#include "collect/request_head.h"
#include "core/suggestion.h"

namespace weir::collect {
namespace {

net::Response no_address(std::string_view path) {
  return answer(Refusal{404, "NOT_FOUND",
                        fmt::format("there is nothing at {}; events go to /ingest/SOURCE, "
                                    "watermarks to /ingest/SOURCE/watermark, beacons to "
                                    "/beacon/SOURCE",
                                    path)});
}

net::Response wrong_method(const net::Request& request, std::string_view allowed) {
  net::Response response =
      answer(Refusal{405, "METHOD_NOT_ALLOWED",
                     fmt::format("{} takes {}, not {}", request.path, allowed, request.method)});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

bool serves_pages(Route route) { return route == Route::beacon || route == Route::own_path; }

}  // namespace

std::variant<Admitted, net::Response> Gate::admit(const net::Request& request) const {
  const std::optional<Address> address = addresses_.find(request.path);
  if (!address) return no_address(request.path);
  if (address->route == Route::snippet) {
    if (request.method != "GET") return wrong_method(request, "GET");
    const auto refused = refuse_parameters(request, Route::snippet);
    return refused ? answer(*refused) : beacon_snippet();
  }
  const bool has_pages = serves_pages(address->route);
  if (has_pages && request.method == "OPTIONS") return preflight(request, *address);
  if (request.method != "POST") {
    // Whoever has no token does not learn which sources there are.
    const auto token = tokens_.find(request.bearer_token());
    if (!address->source && token != nullptr) {
      return answer(unknown_source(address->name, token->scopes));
    }
    return wrong_method(request, has_pages ? "POST, OPTIONS" : "POST");
  }
  return admit_events(request, *address);
}

std::variant<Admitted, net::Response> Gate::admit_events(const net::Request& request,
                                                         const Address& address) const {
  const std::string type = media_type(request);
  Admitted admitted{.route = address.route, .form = form_of(type)};
  if (address.route == Route::own_path) {
    admitted.route = type == "text/plain" ? Route::beacon : Route::ingest;
  }
  auto allowance = allow(request, address, admitted.route == Route::beacon);
  if (const auto* refusal = std::get_if<Refusal>(&allowance)) {
    net::Response response = answer(*refusal);
    if (refusal->status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
  }
  auto& [token, origin] = *std::get_if<Allowance>(&allowance);
  admitted.source = *address.source;
  admitted.token = std::move(token);
  admitted.origin = std::move(origin);
  admitted.encoding = content_encoding(request);
  std::optional<Refusal> refused = refuse_parameters(request, admitted.route);
  if (!refused) refused = refuse_media_type(type, admitted.route);
  if (!refused) refused = refuse_charset(request);
  if (!refused) refused = refuse_encoding(admitted.encoding, admitted.route);
  if (!refused) refused = refuse_size(request, admitted.route);
  for (const auto& [name, value] : request.headers) {
    if (refused || name != "idempotency-key") continue;
    refused = refuse_key(value, admitted.token);
    if (!refused && admitted.idempotency_key) {
      refused = Refusal{400, "INVALID_IDEMPOTENCY_KEY", "Idempotency-Key stands here twice"};
    }
    admitted.idempotency_key = value;
  }
  if (!refused) return admitted;
  net::Response response = answer(*refused);
  show_to(admitted.origin, response);
  return response;
}

net::Response Gate::preflight(const net::Request& request, const Address& address) const {
  const std::string_view origin = request.header("origin");
  if (address.source && !origin.empty() && takes_beacons_from(sources_[*address.source], origin)) {
    return preflight_answer(origin);
  }
  // The same words whether or not there is such a source: a preflight has no token.
  return answer(Refusal{403, "ORIGIN_NOT_ALLOWED",
                        fmt::format("list \"{}\" under browser.origins of the source that takes "
                                    "{} to let its pages send",
                                    origin, request.path)});
}

std::variant<Gate::Allowance, Refusal> Gate::allow(const net::Request& request,
                                                   const Address& address, bool is_beacon) const {
  std::string_view secret = request.bearer_token();
  if (const auto key = parameter(request, "key"); secret.empty() && is_beacon && key) secret = *key;
  if (!secret.empty()) {
    auto allowed = allow_by_token(request, address, secret);
    if (auto* allowance = std::get_if<Allowance>(&allowed); allowance != nullptr && is_beacon) {
      allowance->origin = request.header("origin");
    }
    return allowed;
  }
  if (!is_beacon || !address.source || sources_[*address.source].browser_origins.empty()) {
    return Refusal{401, "TOKEN_MISSING",
                   fmt::format("send a token with the scope write:SOURCE as Authorization: Bearer "
                               "TOKEN{}; make one with `weir token create`",
                               is_beacon ? ", or as ?key=TOKEN (only a source with browser.origins "
                                           "takes beacons without one)"
                                         : "")};
  }
  const workspace::Source& source = sources_[*address.source];
  const std::string_view origin = request.header("origin");
  if (takes_beacons_from(source, origin)) return Allowance{{}, std::string(origin)};
  return Refusal{403, "ORIGIN_NOT_ALLOWED",
                 fmt::format("source {} takes beacons without a token only from its "
                             "browser.origins; \"{}\" is none of them",
                             source.name, origin)};
}

std::variant<Gate::Allowance, Refusal> Gate::allow_by_token(const net::Request& request,
                                                            const Address& address,
                                                            std::string_view secret) const {
  const auto token = tokens_.find(secret);
  if (token == nullptr) {
    return Refusal{401, "TOKEN_UNKNOWN",
                   "this token is unknown, revoked or expired; make one with `weir token create`"};
  }
  if (!address.source) return unknown_source(address.name, token->scopes);
  const std::string& name = sources_[*address.source].name;
  if (!govern::allows(token->scopes, govern::Action::write, name)) {
    return Refusal{403, "SCOPE_MISSING",
                   fmt::format("this token may not write to {0}: {1} needs the scope write:{0}",
                               name, request.path)};
  }
  return Allowance{token->id, {}};
}

Refusal Gate::unknown_source(std::string_view name,
                             const std::vector<govern::Scope>& scopes) const {
  std::vector<std::string> known;
  for (const workspace::Source& source : sources_) {
    if (govern::allows(scopes, govern::Action::write, source.name)) known.push_back(source.name);
  }
  return {404, "SOURCE_NOT_FOUND",
          fmt::format("there is no source {}{}", name, did_you_mean(name.substr(0, 100), known))};
}

}  // namespace weir::collect
