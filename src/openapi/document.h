// Describes the routes that a caller may use, as OpenAPI 3.1.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/schema.h"
#include "workspace/declarations.h"

namespace weir::openapi {

struct DescribedTable {
  std::string name;
  std::shared_ptr<const Schema> schema;
};

struct DescribedApi {
  const workspace::Api* declared = nullptr;
  std::shared_ptr<const Schema> result;
};

// What the caller may do.
struct Described {
  std::string workspace;
  std::vector<const workspace::Source*> sources;  // that he may write to
  std::vector<DescribedTable> tables;             // that he may read, as the apis
  std::vector<DescribedApi> apis;
  bool may_look = false;        // SQL, status, lists, metrics
  bool may_administer = false;  // tokens, stopping
};

// The document, JSON.
std::string document(const Described& described);

}  // namespace weir::openapi
