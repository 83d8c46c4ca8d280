// Rows as JSON, type by type, as the contract's table says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/batch.h"

namespace weir::formats {

// How a TIMESTAMP is written, also inside lists and structures: a TIMESTAMPTZ is an instant and
// always written in UTC.
enum class WithoutZone : std::uint8_t { in_utc, as_it_stands };

// {"a":1,"b":null}
void append_json_row(std::string& json, const Batch& rows, std::size_t row,
                     WithoutZone times = WithoutZone::in_utc);
void append_json_value(std::string& json, const Column& column, std::size_t row,
                       WithoutZone times = WithoutZone::in_utc);

bool is_utf8(std::string_view bytes);
// The bytes as they are where they are UTF-8; else all but ASCII as \xNN.
std::string readable_text(std::string_view bytes);

}  // namespace weir::formats
