#include "net/http.h"

#include <algorithm>
#include <charconv>

namespace weir::net {

std::size_t Request::body_bytes() const {
  const std::string_view announced = header("content-length");
  std::size_t bytes = 0;
  std::from_chars(announced.data(), announced.data() + announced.size(), bytes);
  return std::max(bytes, body.size());
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::string_view Request::bearer_token() const {
  constexpr std::string_view scheme = "bearer ";
  constexpr std::string_view spaces = " \t";
  std::string_view text = header("authorization");
  const auto is_letter = [](char given, char small) {
    return given == small || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == small);
  };
  if (!std::ranges::equal(text.substr(0, scheme.size()), scheme, is_letter)) return {};
  text.remove_prefix(std::min(text.find_first_not_of(spaces, scheme.size()), text.size()));
  return text.substr(0, text.find_last_not_of(spaces) + 1);
}

bool breaks_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace weir::net
