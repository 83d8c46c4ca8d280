// The addresses that rows are read at: tables and published APIs.
#pragma once

#include <memory>
#include <string>

#include "core/schema.h"
#include "openapi/paths.h"
#include "workspace/declarations.h"

namespace weir::openapi {

struct DescribedTable {
  std::string name;
  std::shared_ptr<const Schema> schema;
};

struct DescribedApi {
  const workspace::Api* declared = nullptr;
  std::shared_ptr<const Schema> result;
  bool is_newest = false;  // of its path's versions
};

// The parameter `wait`, of a read.
Operation& add_wait(Operation& operation);

void add_table(Paths& paths, const DescribedTable& table);
void add_api(Paths& paths, const DescribedApi& api);

}  // namespace weir::openapi
