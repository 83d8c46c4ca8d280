// Our types as JSON Schema: what an answer gives, and what a URL takes.
#pragma once

#include <optional>
#include <string>

#include "core/event_rules.h"
#include "core/schema.h"

namespace weir::openapi {

// A value of an answer, or null.
std::string answer_schema(const Type& type);
// A row of these columns.
std::string row_schema(const Schema& schema);
// A value in a URL; nothing for a type that is not compared by one.
std::optional<std::string> url_schema(const Type& type, const std::optional<std::string>& min = {},
                                      const std::optional<std::string>& max = {});
// An event of a source, as it is meant.
std::string event_schema(const EventRules& rules);

}  // namespace weir::openapi
