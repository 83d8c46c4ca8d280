#include "collect/cross_origin.h"

#include <algorithm>

namespace weir::collect {

bool takes_beacons_from(const workspace::Source& source, std::string_view origin) {
  return std::ranges::any_of(source.browser_origins, [&](const std::string& listed) {
    return listed == "*" || listed == origin;
  });
}

void show_to(std::string_view origin, net::Response& response) {
  if (origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  // sendBeacon always asks with credentials; we look at none.
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Vary", "Origin");
}

net::Response preflight_answer(std::string_view origin) {
  net::Response response{.status = 204, .content_type = {}};
  show_to(origin, response);
  response.headers.emplace_back("Access-Control-Allow-Methods", "POST");
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                "Content-Type, Content-Encoding, Authorization, Idempotency-Key");
  response.headers.emplace_back("Access-Control-Max-Age", "86400");
  return response;
}

}  // namespace weir::collect
