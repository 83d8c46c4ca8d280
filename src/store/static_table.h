// Puts a table whose rows stand in a file of the workspace into the engine.
#pragma once

#include "core/result.h"
#include "engine/database.h"
#include "workspace/compiled.h"

namespace weir::store {

// Makes the table in `database`, in place of one of that name.
Result<void> put_static_table(engine::Database& database, const workspace::StaticTable& table);

}  // namespace weir::store
