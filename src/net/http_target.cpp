#include "net/http_target.h"

#include <algorithm>
#include <string>

namespace weir::net {
namespace {

constexpr std::size_t parameters_max = 1'000;

Error bad(std::string message) { return {Fault::invalid, std::move(message)}; }

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The bytes of the UTF-8 character that `text` begins with; 0 when it begins with none.
std::size_t character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) < 0x80) return 1;
  const std::size_t bytes = at(0) >= 0xf0 ? 4 : at(0) >= 0xe0 ? 3 : 2;
  if (at(0) < 0xc2 || at(0) > 0xf4 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const bool is_overlong = (at(0) == 0xe0 && at(1) < 0xa0) || (at(0) == 0xf0 && at(1) < 0x90);
  const bool is_surrogate = at(0) == 0xed && at(1) >= 0xa0;
  const bool is_beyond = at(0) == 0xf4 && at(1) >= 0x90;
  return is_overlong || is_surrogate || is_beyond ? 0 : bytes;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

Result<std::string> check_text(std::string text) {
  if (text.find('\0') != std::string::npos) return bad("The target holds a NUL.");
  if (!is_utf8(text)) return bad("The target is not UTF-8.");
  return text;
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' && plus_is_space ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return bad("A % in the target must be followed by two hex digits.");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return check_text(std::move(decoded));
}

bool climbs(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

Result<void> read_query(std::string_view text, Request& request) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    if (request.query.size() == parameters_max) return bad("The query has too many parameters.");
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TRY(std::string name, decode(pair.substr(0, equals), true));
    TRY(std::string value, decode(pair.substr(std::min(equals + 1, pair.size())), true));
    request.query.emplace_back(std::move(name), std::move(value));
  }
  return {};
}

// Leaves of "http://host:1/path" what follows the host.
Result<std::string_view> without_authority(std::string_view target) {
  const std::size_t scheme_end = target.find("://");
  std::string scheme(target.substr(0, scheme_end));
  for (char& letter : scheme) letter |= 0x20;  // of the two that are taken, all are letters
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return bad("The target must begin with /, as in GET /healthz HTTP/1.1.");
  }
  target.remove_prefix(scheme_end + 3);
  const std::size_t host_end = std::min(target.find_first_of("/?"), target.size());
  if (host_end == 0 || target.substr(0, host_end).find('@') != std::string_view::npos) {
    return bad("The target names no host.");
  }
  return target.substr(host_end);
}

}  // namespace

Result<void> read_target(std::string_view target, Request& request) {
  const auto is_forbidden = [](unsigned char byte) {
    return byte <= 0x20 || byte == 0x7f || byte == '#';
  };
  if (std::ranges::any_of(target, is_forbidden)) {
    return bad("The target holds a space, a control byte or a #: write them as %XX.");
  }
  if (target == "*" && request.method == "OPTIONS") {
    request.path = target;
    return {};
  }
  if (!target.starts_with('/')) {
    TRY(target, without_authority(target));
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  TRY(request.path, decode(target.substr(0, question), false));
  if (request.path.empty()) request.path = "/";
  if (climbs(request.path)) return bad("The path must not climb by \"..\".");
  return read_query(target.substr(std::min(question + 1, target.size())), request);
}

}  // namespace weir::net
