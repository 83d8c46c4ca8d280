// Turns DuckDB's bound plan into our few nodes, from the bottom up.
#pragma once

#include <string>

#include "formats/json_value.h"
#include "sql/plan_relation.h"

namespace weir::sql {

// What is wrong with a stream that reads this table.
std::string written_by_streams(const std::string& table);

// What a stream cannot do is in the refusals, with its place and what to write instead.
Result<PlanRelation> lower(Compilation& compilation, const formats::JsonValue& plan);

}  // namespace weir::sql
