// Values from a URL, held to the types they must have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "scalars/time_zone.h"

namespace weir::serve {

// "delay.gte is of type SMALLINT, not \"abc\"": `label` is what the user wrote before the value.
Error wrong_value(std::string_view label, const Type& type, std::string_view text);

// The text as the engine is to read it: times without an offset are of `zone`, blobs are base64.
// Fault::invalid for what the engine would bend: 1.5, true, 1e3 into a whole number, a time into a
// date.
Result<std::string> engine_text(std::string_view label, const Type& type, const TimeZone& zone,
                                const std::string& text);

// What is wrong with the first of the values that the engine cannot read as its type, labelled by
// the name it has; nothing if it can read them all.
std::optional<Error> refuse_unreadable(engine::Connection& connection,
                                       const std::vector<engine::Parameter>& values);

}  // namespace weir::serve
