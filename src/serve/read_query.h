// The data route's query string, understood: which rows of a table, in which order.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "index/row_query.h"
#include "scalars/time_zone.h"
#include "serve/readable.h"

namespace weir::serve {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

struct ReadQuery {
  std::string sql;  // asks for one row more than `limit`, which tells whether there is a next page
  std::vector<engine::Parameter> parameters;
  std::vector<std::string> labels;  // "delay.gte", the option that each parameter came from
  // The same for an index; nothing: only the engine can tell what is asked for. Its limit is one
  // row more, too.
  std::optional<index::RowQuery> rows;
  std::vector<std::size_t> columns;  // that were selected; empty: all
  std::size_t limit = 100;
  std::size_t offset = 0;
};

// `?limit&offset&order=-a,b&select=a,b`, each once, and filters `col=v`, `col.op=v`. Every name is
// checked against the schema, every value is bound. Fault::invalid names what is wrong. `wait` and
// `timeout` are passed over. Times without an offset are of `zone`.
Result<ReadQuery> read_query(const Readable& table, const QueryPairs& pairs, const TimeZone& zone);

}  // namespace weir::serve
