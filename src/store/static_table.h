// Puts a table whose rows stand in a file of the workspace into the engine.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/database.h"
#include "store/table_spec.h"
#include "workspace/compiled.h"

namespace weir::store {

// Makes the table in `database`, in place of one of that name.
Result<void> put_static_table(engine::Database& database, const workspace::StaticTable& table);

// Of the tables' file: the names of those that were put there from files. A stream's table has its
// key as comment, or is older than that and has the place of a commit.
Result<std::set<std::string>> stored_static_tables(engine::Connection& connection);

// Of these names, those of tables in the tables' file that hold a stream's results, which nothing
// but a drop takes away; with what to do.
Result<std::vector<ChangedTable>> results_under(engine::Connection& connection,
                                                const std::set<std::string>& names);
// The same as Fault::conflict, a line each.
Result<void> check_hold_no_results(engine::Database& database, const std::set<std::string>& names);

}  // namespace weir::store
