// A schema as SQL: "a" INTEGER, "b" VARCHAR.
#pragma once

#include <string>

#include "core/schema.h"

namespace weir::store {

std::string column_list(const Schema& schema);

}  // namespace weir::store
