#include "core/json_text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace weir {
namespace {

void append_escape(std::string& json, unsigned char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"': json += "\\\""; return;
    case '\\': json += "\\\\"; return;
    case '\n': json += "\\n"; return;
    case '\r': json += "\\r"; return;
    case '\t': json += "\\t"; return;
    default:
      json += "\\u00";
      json += digits[c >> 4];
      json += digits[c & 15];
  }
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  const auto rest = text.substr(std::min(at, text.size()));
  return static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    json.append(text, copied, i - copied);
    append_escape(json, c);
    copied = i + 1;
  }
  json.append(text, copied);
  json += '"';
}

std::string json_string(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  append_json_string(json, text);
  return json;
}

std::string json_strings(const std::vector<std::string>& texts) {
  return json_array(texts, json_string);
}

std::string json_number(std::string_view text) {
  std::string number;
  if (text.starts_with('-')) number = "-";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t whole = digits_at(text, 0);
  std::size_t at = whole;
  std::string fraction;
  if (at < text.size() && text[at] == '.') {
    const std::size_t count = digits_at(text, at + 1);
    fraction = text.substr(at + 1, count);
    at += 1 + count;
  }
  if (whole == 0 && fraction.empty()) return "";
  std::string exponent;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+');
    const std::size_t count = digits_at(text, at + 1 + sign);
    if (count == 0) return "";
    exponent = text.substr(at, 1 + sign + count);
    at += 1 + sign + count;
  }
  if (at != text.size()) return "";
  const std::size_t zeros = std::min(text.find_first_not_of('0'), whole);
  number += zeros == whole ? "0" : text.substr(zeros, whole - zeros);
  return number + (fraction.empty() ? "" : "." + fraction) + exponent;
}

}  // namespace weir
