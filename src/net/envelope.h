// The one shape of every JSON answer: {"code", "message", "data"}, and "error" where it is refused.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http.h"

namespace weir::net {

// `data` is JSON. `page`, if not empty, is the JSON of a row list's place.
Response success(std::string_view data, std::string_view page = {});
// `code` is stable and searchable, SOURCE_NOT_FOUND; `message` says how to mend it.
Response refusal(int status, std::string_view code, std::string_view message);
// 503 or 429: the client may try again after that many seconds.
Response refusal_for_now(int status, std::string_view code, std::string_view message,
                         int retry_after_seconds);
// Of those that an HttpServer makes itself, as its RefusalBody: a full one may be tried again.
Response server_refusal(int status, std::string_view code, const std::string& message);
// The status and code of the error's fault.
Response refusal(const Error& error);
int status_of(Fault fault);

}  // namespace weir::net
