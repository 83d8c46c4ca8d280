// Writes a row as the event it could have come from: the other way round than event_decoder.h.
#pragma once

#include <cstddef>
#include <string>

#include "core/batch.h"
#include "core/event_rules.h"

namespace weir::formats {

// The row's columns as a JSON object, each where its rule has the field, and what `_extra` holds
// beside them. Columns without a rule of their name are left out, and so are nulls.
std::string event_text(const EventRules& rules, const Batch& rows, std::size_t row);

}  // namespace weir::formats
