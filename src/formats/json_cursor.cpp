#include "formats/json_cursor.h"

#include <algorithm>
#include <charconv>

namespace weir::formats {
namespace {

bool take_hexadecimal(std::string_view& raw, std::uint32_t& unit) {
  constexpr std::size_t digits = 4;
  if (raw.size() < digits) return false;
  const auto read = std::from_chars(raw.data(), raw.data() + digits, unit, 16);
  if (read.ec != std::errc() || read.ptr != raw.data() + digits) return false;
  raw.remove_prefix(digits);
  return true;
}

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr std::uint32_t leads[] = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(leads[more] | point >> (6 * more));
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

// Behind "\u".
bool take_code_point(std::string_view& raw, std::string& text) {
  std::uint32_t point = 0;
  if (!take_hexadecimal(raw, point)) return false;
  if (point >= 0xDC00 && point < 0xE000) return false;
  if (point >= 0xD800 && point < 0xDC00) {
    std::uint32_t low = 0;
    if (!raw.starts_with("\\u")) return false;
    raw.remove_prefix(2);
    if (!take_hexadecimal(raw, low) || low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(text, point);
  return true;
}

}  // namespace

bool unescape(std::string_view raw, std::string& text) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  text.clear();
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    text += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    if (raw.size() < 2) return false;
    const char escape = raw[1];
    raw.remove_prefix(2);
    if (escape == 'u') {
      if (!take_code_point(raw, text)) return false;
      continue;
    }
    const std::size_t which = names.find(escape);
    if (which == std::string_view::npos) return false;
    text += meanings[which];
  }
  return true;
}

}  // namespace weir::formats
