// A published API's parameters, taken from the URL.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "scalars/time_zone.h"
#include "workspace/declarations.h"

namespace weir::serve {

// All declared parameters with their values or defaults; null where there is neither.
// Fault::invalid names what is unknown, missing, given twice or no number. `wait` and `timeout` are
// passed over. Times without an offset are of `zone`.
Result<std::vector<engine::Parameter>> api_parameters(
    const workspace::Api& api, const std::vector<std::pair<std::string, std::string>>& pairs,
    const TimeZone& zone);

// What is wrong with values that must be read to know: their type and their bounds.
std::optional<Error> refuse_values(engine::Connection& connection, const workspace::Api& api,
                                   const std::vector<engine::Parameter>& values);

}  // namespace weir::serve
