#include "serve/routes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "net/envelope.h"

namespace weir::serve {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{1} << 20;

// One name may stand in the path, in braces; it is the route's.
struct Pattern {
  std::string_view path;
  Route route;
};

const auto& patterns() {
  static const auto all = std::to_array<Pattern>({
      {"/healthz", {.kind = RouteKind::health, .is_open = true}},
      {"/readyz", {.kind = RouteKind::ready, .is_open = true}},
      {"/metrics", {.kind = RouteKind::metrics}},
      {"/openapi.json", {.kind = RouteKind::openapi}},
      {"/docs", {.kind = RouteKind::docs, .is_open = true}},
      {"/docs/", {.kind = RouteKind::docs, .is_open = true}},
      {"/docs/{file}", {.kind = RouteKind::docs, .is_open = true}},
      {"/api/v1/data/{table}", {.kind = RouteKind::data}},
      {"/weir/v1/sql", {.kind = RouteKind::sql}},
      {"/weir/v1/explain", {.kind = RouteKind::explain}},
      {"/weir/v1/status", {.kind = RouteKind::status}},
      {"/weir/v1/sources", {.kind = RouteKind::catalogue, .name = "sources"}},
      {"/weir/v1/streams", {.kind = RouteKind::catalogue, .name = "streams"}},
      {"/weir/v1/tables", {.kind = RouteKind::catalogue, .name = "tables"}},
      {"/weir/v1/apis", {.kind = RouteKind::catalogue, .name = "apis"}},
      {"/weir/v1/tap/{name}", {.kind = RouteKind::tap}},
      {"/weir/v1/quarantine/{name}/replay", {.kind = RouteKind::replay}},
      {"/weir/v1/tokens", {.kind = RouteKind::tokens}},
      {"/weir/v1/tokens/{id}", {.kind = RouteKind::token}},
      {"/weir/v1/validate", {.kind = RouteKind::validate}},
      {"/weir/v1/drop", {.kind = RouteKind::drop}},
      {"/weir/v1/stop", {.kind = RouteKind::stop}},
  });
  return all;
}

std::optional<Route> match(const Pattern& pattern, std::string_view path) {
  const std::size_t brace = pattern.path.find('{');
  if (brace == std::string_view::npos) {
    return path == pattern.path ? std::optional(pattern.route) : std::nullopt;
  }
  const std::string_view before = pattern.path.substr(0, brace);
  const std::string_view behind = pattern.path.substr(pattern.path.find('}') + 1);
  const bool is_long_enough = path.size() > before.size() + behind.size();
  if (!is_long_enough || !path.starts_with(before) || !path.ends_with(behind)) return std::nullopt;
  path.remove_prefix(before.size());
  path.remove_suffix(behind.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  Route route = pattern.route;
  route.name = path;
  return route;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "/v2/origins/worst" as version and path; the version is missing where the path names none.
struct ApiAddress {
  std::optional<int> version;
  std::string_view path;
};

ApiAddress api_address(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  if (path.starts_with("/v") && slash != std::string_view::npos) {
    if (const auto version = whole_number(path.substr(2, slash - 2))) {
      return {version, path.substr(slash)};
    }
  }
  return {std::nullopt, path};
}

net::Response no_such_version(std::string_view path, int version, const std::vector<int>& known) {
  return net::refusal(
      404, "VERSION_NOT_FOUND",
      fmt::format("api {} has no version {}; it has {}", path, version, fmt::join(known, ", ")));
}

std::variant<Route, net::Response> find_api(const std::vector<CheckedApi>& apis,
                                            const net::Request& request, ApiAddress address) {
  const std::string_view asked = request.header("accept-version");
  if (!address.version && !asked.empty()) {
    address.version = whole_number(asked);
    if (!address.version) {
      return net::refusal(
          400, "INVALID_VERSION",
          fmt::format("Accept-Version is a whole number such as 1, not \"{}\"", asked));
    }
  }
  std::vector<int> known;
  for (const CheckedApi& api : apis) {
    if (api.declared.path == address.path) known.push_back(api.declared.version);
  }
  if (known.empty()) {
    return net::refusal(404, "API_NOT_FOUND",
                        fmt::format("there is no api {}; see GET /weir/v1/apis", address.path));
  }
  std::ranges::sort(known);
  const int version = address.version.value_or(known.back());
  const auto api = std::ranges::find_if(apis, [&](const CheckedApi& candidate) {
    return candidate.declared.path == address.path && candidate.declared.version == version;
  });
  if (api == apis.end()) return no_such_version(address.path, version, known);
  return Route{.kind = RouteKind::api, .api = static_cast<std::size_t>(api - apis.begin())};
}

std::vector<std::string_view> methods_of(RouteKind kind) {
  switch (kind) {
    case RouteKind::sql:
    case RouteKind::explain:
    case RouteKind::replay:
    case RouteKind::stop: return {"POST"};
    case RouteKind::token: return {"DELETE"};
    case RouteKind::drop:
    case RouteKind::tokens: return {"GET", "HEAD", "POST"};
    default: return {"GET", "HEAD"};
  }
}

}  // namespace

std::vector<RoutePath> route_paths() {
  std::vector<RoutePath> paths;
  for (const Pattern& pattern : patterns()) {
    paths.push_back({pattern.path, methods_of(pattern.route.kind)});
  }
  return paths;
}

std::variant<Route, net::Response> find_route(const std::vector<CheckedApi>& apis,
                                              const net::Request& request) {
  const std::string_view path = request.path;
  for (const Pattern& pattern : patterns()) {
    if (auto route = match(pattern, path)) return std::move(*route);
  }
  constexpr std::string_view apis_prefix = "/api";
  if (path.starts_with("/api/")) {
    return find_api(apis, request, api_address(path.substr(apis_prefix.size())));
  }
  return net::refusal(404, "NOT_FOUND",
                      fmt::format("there is nothing at {}; tables are at /api/v1/data/TABLE, apis "
                                  "at /api/v1/PATH, SQL at /weir/v1/sql, status and lists at "
                                  "/weir/v1/status, sources, streams, tables, apis and tokens",
                                  path));
}

std::unique_ptr<net::Response> refuse_method(const Route& route, std::string_view method) {
  const std::vector<std::string_view> methods = methods_of(route.kind);
  if (std::ranges::find(methods, method) != methods.end()) return nullptr;
  const std::string allowed = fmt::format("{}", fmt::join(methods, ", "));
  net::Response response = net::refusal(
      405, "METHOD_NOT_ALLOWED", fmt::format("{} is not possible here; use {}", method, allowed));
  response.headers.emplace_back("Allow", allowed);
  return std::make_unique<net::Response>(std::move(response));
}

std::unique_ptr<net::Response> refuse_body(const net::Request& request) {
  if (request.body_bytes() <= body_bytes_max) return nullptr;
  return std::make_unique<net::Response>(
      net::refusal(413, "BODY_TOO_LARGE", "a body is at most 1 MB here"));
}

std::unique_ptr<net::Response> refuse_parameters(const Route& route, const net::Request& request) {
  const bool takes_some = route.kind == RouteKind::data || route.kind == RouteKind::api ||
                          route.kind == RouteKind::sql || route.kind == RouteKind::tap;
  if (takes_some || request.query.empty()) return nullptr;
  return std::make_unique<net::Response>(
      net::refusal(400, "UNKNOWN_PARAMETER",
                   fmt::format("{} takes no parameters: leave out {}", request.path,
                               request.query.front().first)));
}

}  // namespace weir::serve
