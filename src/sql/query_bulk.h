// Refuses a statement whose text becomes too large when it is parsed or bound. A `*` of a subquery
// that has two of its own doubles its columns; DuckDB neither interrupts binding nor counts its
// memory, so what grows beyond all bounds is refused before.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "core/result.h"
#include "formats/json_value.h"
#include "sql/sql_text.h"

namespace weir::sql {

// Before it is parsed: DuckDB takes the square of their number to put ANDs and ORs together.
Result<void> refuse_long_conditions(Refusals& refusals);

// Before it is bound. A statement of json_serialize_sql; `widths` are the columns of tables by name
// in lower case.
void refuse_bulk(const formats::JsonValue& statement,
                 const std::map<std::string, std::size_t>& widths, Refusals& refusals);

}  // namespace weir::sql
