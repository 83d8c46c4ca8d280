// One JSON value of a record under simdjson's cursor: what it is, and a scalar's text.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::formats {

struct Token {
  enum class Kind : std::uint8_t { broken, null, boolean, number, string, array, object };

  Kind kind = Kind::broken;
  std::string_view text;  // of a scalar: a string's is unescaped, all others' as they stand
  std::string_view raw;   // of a scalar, as it stands
};

// Looks without consuming. A number is only known by its first character. `scratch` holds the text
// of a string with escapes, until the next call.
Token token_of(simdjson::ondemand::value& value, std::string& scratch);
// What stands between a string's quotes, unescaped; false where an escape is none, or is half a
// surrogate pair.
bool unescape(std::string_view raw, std::string& text);

}  // namespace weir::formats
