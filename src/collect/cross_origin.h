// Lets pages of the origins a source names send it beacons, in the browsers' terms (CORS).
#pragma once

#include <string_view>

#include "net/http.h"
#include "workspace/declarations.h"

namespace weir::collect {

// Whether the source takes beacons without a token from pages of that origin. "*": from any.
bool takes_beacons_from(const workspace::Source& source, std::string_view origin);
// Lets a page of that origin read the answer. No origin, no page: unchanged.
void show_to(std::string_view origin, net::Response& response);
// The answer to OPTIONS: what a page of that origin may send.
net::Response preflight_answer(std::string_view origin);

}  // namespace weir::collect
