// What `weir new` writes: one more resource for a workspace, with comments, that is valid as it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace weir::operate {

struct NewResource {
  std::string kind;  // one of new_resource_kinds()
  std::string name;
  std::string from;  // which source, table or stream's table it is about; empty: the first there is
};

const std::vector<std::string>& new_resource_kinds();

// Writes a file of its own into the workspace, and tells which. Fault::conflict, and nothing
// written, where there is such a name or file already; Fault::invalid with the mistakes that the
// workspace would have by it; Fault::not_found where there is nothing yet that it could be about.
Result<std::filesystem::path> write_new_resource(const std::filesystem::path& workspace,
                                                 const NewResource& wanted);

}  // namespace weir::operate
