// Bytes as text, in both directions: base64 (RFC 4648, 4: with padding) and UUIDs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/column.h"

namespace weir {

void append_base64(std::string& text, std::string_view bytes);
// False where `text` is no base64; `bytes` is then of no use.
bool read_base64(std::string_view text, std::string& bytes);
// Base64 as the engine's own cast reads the same bytes, \x41 for each; nothing where it is none.
std::optional<std::string> escapes_of_base64(std::string_view text);

// 32 hexadecimal digits with the four dashes; false where `text` is something else. DuckDB keeps
// one as a hugeint whose top bit is flipped, so that numbers are ordered as the texts are.
bool read_uuid(std::string_view text, Huge& uuid);
void append_uuid(std::string& text, Huge uuid);

}  // namespace weir
