// Reads the body that moves a source's watermark: {"watermark": "2001-07-01T00:00:00Z"} or "end".
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "collect/outcome.h"
#include "core/clock.h"
#include "journal/heads.h"

namespace weir::collect {

// Times are read as events' are; those without an offset in `time_zone`.
std::variant<journal::WatermarkHead, Refusal> read_watermark(std::string_view body,
                                                             const std::string& time_zone);

}  // namespace weir::collect
