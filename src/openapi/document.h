// Describes the routes that a caller may use, as OpenAPI 3.1.
#pragma once

#include <string>
#include <vector>

#include "openapi/data_paths.h"
#include "workspace/declarations.h"

namespace weir::openapi {

// What the caller may do.
struct Described {
  std::string workspace;
  std::vector<const workspace::Source*> sources;  // that he may write to
  std::vector<DescribedTable> tables;             // that he may read, as the apis
  std::vector<DescribedApi> apis;
  std::vector<std::string> taps;  // what he may see flow
  bool may_look = false;          // SQL, status, lists, metrics
  bool may_replay = false;        // rows of a source that were set aside
  bool may_administer = false;    // tokens, drops, stopping
};

// The document, JSON.
std::string document(const Described& described);

}  // namespace weir::openapi
