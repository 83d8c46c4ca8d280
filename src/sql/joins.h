// Joins of a stream with static tables, which stay inside its kernel.
#pragma once

#include "formats/json_value.h"
#include "sql/plan_relation.h"

namespace weir::sql {

// `join` is LOGICAL_COMPARISON_JOIN, LOGICAL_ANY_JOIN or LOGICAL_CROSS_PRODUCT over the two. At
// most one of them reads a stream; a join that would have to wait for it is refused.
Result<PlanRelation> lower_join(Compilation& compilation, const formats::JsonValue& join,
                                PlanRelation left, PlanRelation right);

}  // namespace weir::sql
