#include "core/json_text.h"

#include "core/json_array.h"

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

}  // namespace weir
