// The names that batch SQL reads beside tables: windows, sources' history, what came late, what was
// refused. In a database of empty tables they check a query, in the serving one they answer it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/relation.h"
#include "core/result.h"
#include "engine/database.h"

namespace weir::sql {

// Macros for a database: tumble and hop give window_start and window_end as they do in a stream;
// late('x') and quarantine('x') read the relations named "late(x)" and "quarantine(x)".
std::string batch_macros(const std::string& time_zone);

struct NamedRelation {
  std::string name;  // "flights", "late(delays)", "quarantine(flights)"
  std::shared_ptr<const Relation> relation;
};

// Makes the relations readable by name, by late() and quarantine(), and through windows, from every
// connection. Once a database handle: Fault::conflict at a repeat, and where a table has that name.
Result<void> publish_batch_names(engine::Database& database,
                                 const std::vector<NamedRelation>& relations,
                                 const std::string& time_zone);

}  // namespace weir::sql
