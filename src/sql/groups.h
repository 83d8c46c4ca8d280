// GROUP BY and DISTINCT as a kernel that gives keys and arguments, a group, and what closes it.
#pragma once

#include "formats/json_value.h"
#include "sql/plan_relation.h"

namespace weir::sql {

// `group` is LOGICAL_AGGREGATE_AND_GROUP_BY over `input`.
Result<PlanRelation> lower_group(Compilation& compilation, const formats::JsonValue& group,
                                 PlanRelation input);
// SELECT DISTINCT: a group whose key is the row.
Result<PlanRelation> lower_distinct(Compilation& compilation, const formats::JsonValue& distinct,
                                    PlanRelation input);

}  // namespace weir::sql
