#include "collect/request_head.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::collect {
namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::size_t key_bytes_max = 255;
constexpr std::size_t watermark_bytes_max = 4096;  // it is read on the event loop

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(spaces), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(spaces) + 1);
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string lowered(std::string_view text) {
  std::string letters(text);
  std::ranges::transform(letters, letters.begin(), lower);
  return letters;
}

bool is_json(std::string_view type) {
  return type.empty() || type == "application/json" || type == "text/json";
}

bool is_ndjson(std::string_view type) {
  return type == "application/x-ndjson" || type == "application/ndjson";
}

}  // namespace

std::string media_type(const net::Request& request) {
  const std::string_view header = request.header("content-type");
  return lowered(trimmed(header.substr(0, header.find(';'))));
}

std::string content_encoding(const net::Request& request) {
  std::string encoding = lowered(trimmed(request.header("content-encoding")));
  return encoding == "identity" ? std::string() : encoding;
}

std::optional<std::string_view> parameter(const net::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_parameters(const net::Request& request, Route route) {
  for (const auto& [name, value] : request.query) {
    if (route == Route::beacon && name == "key") continue;
    return Refusal{400, "UNKNOWN_PARAMETER",
                   fmt::format("there is no parameter {} here{}", name,
                               route == Route::beacon ? "; a beacon takes key, a token" : "")};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_media_type(std::string_view type, Route route) {
  if (is_json(type)) return std::nullopt;
  if (route == Route::watermark) {
    return Refusal{
        415, "UNSUPPORTED_MEDIA_TYPE",
        fmt::format("a watermark is JSON: send Content-Type: application/json, not {}", type)};
  }
  if (is_ndjson(type) || (route == Route::beacon && type == "text/plain")) return std::nullopt;
  return Refusal{415, "UNSUPPORTED_MEDIA_TYPE",
                 fmt::format("events are JSON: send Content-Type: application/json for an object "
                             "or an array, application/x-ndjson for one object a line, not {}",
                             type)};
}

std::optional<Refusal> refuse_charset(const net::Request& request) {
  const std::string header = lowered(request.header("content-type"));
  constexpr std::string_view name = "charset=";
  const std::size_t at = header.find(name);
  if (at == std::string::npos) return std::nullopt;
  std::string_view charset = std::string_view(header).substr(at + name.size());
  charset = trimmed(charset.substr(0, charset.find(';')));
  if (charset.size() > 1 && charset.starts_with('"') && charset.ends_with('"')) {
    charset = charset.substr(1, charset.size() - 2);
  }
  if (charset == "utf-8" || charset == "utf8" || charset == "us-ascii") return std::nullopt;
  return Refusal{415, "UNSUPPORTED_MEDIA_TYPE",
                 fmt::format("a body is UTF-8: send it so, not in the charset {}", charset)};
}

std::optional<Refusal> refuse_encoding(std::string_view encoding, Route route) {
  if (encoding.empty()) return std::nullopt;
  if (route == Route::watermark) {
    return Refusal{415, "UNSUPPORTED_CONTENT_ENCODING", "send a watermark without encoding it"};
  }
  if (encoding == "gzip" || encoding == "zstd") return std::nullopt;
  return Refusal{415, "UNSUPPORTED_CONTENT_ENCODING",
                 fmt::format("Content-Encoding is gzip, zstd or none, not {}", encoding)};
}

std::optional<Refusal> refuse_size(const net::Request& request, Route route) {
  if (route != Route::watermark) return std::nullopt;
  if (request.body_bytes() <= watermark_bytes_max) return std::nullopt;
  return Refusal{413, "BODY_TOO_LARGE",
                 fmt::format("a watermark's body is at most {} bytes", watermark_bytes_max)};
}

std::optional<Refusal> refuse_key(std::string_view key, std::string_view token) {
  const bool is_visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (key.empty() || key.size() > key_bytes_max || !is_visible) {
    return Refusal{400, "INVALID_IDEMPOTENCY_KEY",
                   "Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID"};
  }
  if (token.empty()) {
    return Refusal{400, "INVALID_IDEMPOTENCY_KEY",
                   "Idempotency-Key is remembered for a token: send one, or leave out the key"};
  }
  return std::nullopt;
}

std::optional<formats::BodyForm> form_of(std::string_view type) {
  if (type == "text/plain") return std::nullopt;
  return is_ndjson(type) ? formats::BodyForm::ndjson : formats::BodyForm::json;
}

formats::BodyForm form_seen_in(std::string_view body) {
  const std::string_view text = trimmed(body);
  if (text.starts_with('[')) return formats::BodyForm::json;
  const std::size_t first_line = text.find('\n');
  if (first_line == std::string_view::npos) return formats::BodyForm::ndjson;
  // An object over several lines has not ended on its first.
  return trimmed(text.substr(0, first_line)).ends_with('}') ? formats::BodyForm::ndjson
                                                            : formats::BodyForm::json;
}

}  // namespace weir::collect
