#include "net/http_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace weir::net {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

void append_number(std::string& text, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

}  // namespace

bool carries_body(int status) { return status != 204 && status != 304; }

bool is_forged(const Response& response) {
  return breaks_line(response.content_type) ||
         std::ranges::any_of(response.headers, [](const auto& header) {
           return breaks_line(header.first) || breaks_line(header.second);
         });
}

void append_head(std::string& text, const Response& response, Afterwards afterwards) {
  text += "HTTP/1.1 ";
  append_number(text, response.status);
  (text += ' ') += reason_of(response.status);
  if (carries_body(response.status)) {
    if (!response.content_type.empty()) (text += "\r\nContent-Type: ") += response.content_type;
    text += "\r\nContent-Length: ";
    append_number(text, response.body.size());
  }
  for (const auto& [name, value] : response.headers) {
    (((text += "\r\n") += name) += ": ") += value;
  }
  switch (afterwards) {
    case Afterwards::stays: break;
    case Afterwards::stays_for_http_1_0: text += "\r\nConnection: keep-alive"; break;
    case Afterwards::closes: text += "\r\nConnection: close"; break;
  }
  text += "\r\n\r\n";
}

}  // namespace weir::net
