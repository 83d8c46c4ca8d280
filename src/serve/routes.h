// Which of the gateway's answers a request asks for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http.h"
#include "serve/api_route.h"

namespace weir::serve {

enum class RouteKind : std::uint8_t {
  health,
  ready,
  metrics,
  data,
  api,
  sql,
  explain,
  status,
  catalogue,
  tap,
  replay,
  tokens,
  openapi,
  docs,
  token,
  validate,
  drop,
  stop,
};

struct Route {
  RouteKind kind = RouteKind::health;
  std::string name;      // of the table, the kind of resource, the token's id
  std::size_t api = 0;   // which of the published ones
  bool is_open = false;  // asks for no token
};

// A path such as /weir/v1/tap/{name}, and what it answers to.
struct RoutePath {
  std::string_view path;
  std::vector<std::string_view> methods;
};

// Every path that find_route() knows but those of the published APIs.
std::vector<RoutePath> route_paths();

// The route, or the answer where there is none: 404, for an unknown path or version, 400.
std::variant<Route, net::Response> find_route(const std::vector<CheckedApi>& apis,
                                              const net::Request& request);

// 405 with Allow unless the route answers that method. HEAD is answered as GET is.
std::unique_ptr<net::Response> refuse_method(const Route& route, std::string_view method);

// 413 for a body larger than any route reads.
std::unique_ptr<net::Response> refuse_body(const net::Request& request);

// 400 for a parameter where the route takes none; the others read theirs.
std::unique_ptr<net::Response> refuse_parameters(const Route& route, const net::Request& request);

}  // namespace weir::serve
