// Answers a read of a table from its indexes, without the engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "scalars/time_zone.h"
#include "serve/call.h"
#include "serve/read_query.h"
#include "serve/rows_answer.h"

namespace weir::serve {

// A URL's value as an index keeps it; nothing where the engine must read it, or refuse it. Times
// without an offset are of `zone`.
std::optional<std::string> order_value(const Type& type, const TimeZone& zone,
                                       const std::string& text);

// Nothing where the table has no index that serves the query.
Result<std::optional<RowsText>> read_by_index(const Call& call, std::string_view table,
                                              const ReadQuery& query, RowForm form);

}  // namespace weir::serve
