// Times that users write, put into the form that the engine reads: its own cast leaves an offset
// out, and knows nothing of a workspace's zone.
#pragma once

#include <string>

#include "core/schema.h"
#include "scalars/fit.h"
#include "scalars/time_zone.h"

namespace weir {

// A TIMESTAMP or TIMESTAMPTZ becomes the instant in UTC, where it has no offset by `zone`; a DATE
// with a time or a TIME with an offset is refused. Texts of other types are good as they are.
Fit put_in_utc(const Type& type, const TimeZone& zone, std::string& text);

}  // namespace weir
