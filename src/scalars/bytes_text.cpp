#include "scalars/bytes_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace weir {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int, 256> make_values() {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<int>(i);
  }
  return values;
}
constexpr auto values = make_values();

constexpr std::uint64_t top_bit = std::uint64_t{1} << 63;
constexpr std::size_t uuid_length = 36;

bool is_dash_at(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void append_base64(std::string& text, std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? alphabet[group >> (18 - 6 * k) & 63] : '=';
    }
  }
}

bool read_base64(std::string_view text, std::string& bytes) {
  bytes.clear();
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return (bits & ((1u << count) - 1)) == 0;  // bits that are left over are zeros
}

std::optional<std::string> escapes_of_base64(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string bytes, escapes;
  if (!read_base64(text, bytes)) return std::nullopt;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    escapes += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
  return escapes;
}

bool read_uuid(std::string_view text, Huge& uuid) {
  if (text.size() != uuid_length) return false;
  std::uint64_t upper = 0, lower = 0;
  for (std::size_t i = 0; i < uuid_length; ++i) {
    if (is_dash_at(i)) {
      if (text[i] != '-') return false;
      continue;
    }
    const int digit = hexadecimal(text[i]);
    if (digit < 0) return false;
    upper = upper << 4 | lower >> 60;
    lower = lower << 4 | static_cast<std::uint64_t>(digit);
  }
  uuid = {lower, static_cast<std::int64_t>(upper ^ top_bit)};
  return true;
}

void append_uuid(std::string& text, Huge uuid) {
  constexpr char digits[] = "0123456789abcdef";
  const std::uint64_t upper = static_cast<std::uint64_t>(uuid.upper) ^ top_bit;
  unsigned shift = 124;
  for (std::size_t i = 0; i < uuid_length; ++i) {
    if (is_dash_at(i)) {
      text += '-';
      continue;
    }
    text += digits[(shift >= 64 ? upper >> (shift - 64) : uuid.lower >> shift) & 15];
    shift -= 4;
  }
}

}  // namespace weir
