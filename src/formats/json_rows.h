// Rows as JSON, type by type, as the contract's table says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/batch.h"

namespace weir::formats {

// {"a":1,"b":null}
void append_json_row(std::string& json, const Batch& rows, std::size_t row);
void append_json_value(std::string& json, const Column& column, std::size_t row);

bool is_utf8(std::string_view bytes);
// The bytes as they are where they are UTF-8; else all but ASCII as \xNN.
std::string readable_text(std::string_view bytes);

}  // namespace weir::formats
