// Reads what the head of a request says about its body, and refuses what we do not know.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collect/addresses.h"
#include "collect/outcome.h"
#include "formats/event_decoder.h"
#include "net/http.h"

namespace weir::collect {

// The Content-Type without its parameters, in lower case.
std::string media_type(const net::Request& request);
// The Content-Encoding in lower case; empty for identity.
std::string content_encoding(const net::Request& request);
// The first value of a query parameter.
std::optional<std::string_view> parameter(const net::Request& request, std::string_view name);

// Each is nothing when all is well.
std::optional<Refusal> refuse_parameters(const net::Request& request, Route route);
std::optional<Refusal> refuse_media_type(std::string_view media_type, Route route);
std::optional<Refusal> refuse_charset(const net::Request& request);
std::optional<Refusal> refuse_encoding(std::string_view encoding, Route route);
std::optional<Refusal> refuse_size(const net::Request& request, Route route);
std::optional<Refusal> refuse_key(std::string_view key, std::string_view token);

// json, ndjson; nothing for text/plain.
std::optional<formats::BodyForm> form_of(std::string_view media_type);
// The form of a body that came as plain text: an array, one object, or one a line.
formats::BodyForm form_seen_in(std::string_view body);

}  // namespace weir::collect
