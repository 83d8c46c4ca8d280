// Reads the body that moves a source's watermark: {"watermark": "2001-07-01T00:00:00Z"} or "end".
#pragma once

#include <string_view>
#include <variant>

#include "collect/outcome.h"
#include "core/clock.h"
#include "journal/heads.h"
#include "workspace/declarations.h"

namespace weir::collect {

// Times are read as events' are. One that no event of the source may have, as it is further ahead
// of `now` than max_ahead, is refused: every row after it would be late.
std::variant<journal::WatermarkHead, Refusal> read_watermark(std::string_view body,
                                                             const workspace::Source& source,
                                                             Instant now);

}  // namespace weir::collect
