#include "net/envelope.h"

#include <fmt/format.h>

#include "core/json_text.h"

namespace weir::net {
namespace {

constexpr int retry_after_seconds_default = 1;

std::string_view code_of(Fault fault) {
  switch (fault) {
    case Fault::invalid: return "INVALID";
    case Fault::not_found: return "NOT_FOUND";
    case Fault::denied: return "DENIED";
    case Fault::conflict: return "CONFLICT";
    case Fault::unavailable: return "UNAVAILABLE";
    case Fault::corrupt: return "CORRUPT";
    case Fault::internal: return "INTERNAL";
  }
  return "INTERNAL";
}

}  // namespace

int status_of(Fault fault) {
  switch (fault) {
    case Fault::invalid: return 400;
    case Fault::not_found: return 404;
    case Fault::denied: return 403;
    case Fault::conflict: return 409;
    case Fault::unavailable: return 503;
    case Fault::corrupt:
    case Fault::internal: return 500;
  }
  return 500;
}

Response success(std::string_view data, std::string_view page) {
  std::string body = R"({"code":200,"message":"success","data":)";
  body += data;
  if (!page.empty()) body += R"(,"page":)" + std::string(page);
  body += '}';
  return {.status = 200, .body = std::move(body)};
}

Response refusal(int status, std::string_view code, std::string_view message) {
  std::string body = fmt::format(R"({{"code":{},"message":)", status);
  append_json_string(body, message);
  body += R"(,"data":null,"error":)";
  append_json_string(body, code);
  body += '}';
  return {.status = status,
          .body = std::move(body),
          .error = std::string(code),
          .message = std::string(message)};
}

Response refusal_for_now(int status, std::string_view code, std::string_view message,
                         int retry_after_seconds) {
  Response response = refusal(status, code, message);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

Response server_refusal(int status, std::string_view code, const std::string& message) {
  return status == 503 ? refusal_for_now(status, code, message, retry_after_seconds_default)
                       : refusal(status, code, message);
}

Response refusal(const Error& error) {
  const int status = status_of(error.fault);
  if (error.fault == Fault::unavailable) {
    return refusal_for_now(status, code_of(error.fault), error.message,
                           retry_after_seconds_default);
  }
  return refusal(status, code_of(error.fault), error.message);
}

}  // namespace weir::net
