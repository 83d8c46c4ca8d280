// Runs the `test:` documents of a workspace, each on a fresh platform of its own.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "workspace/declarations.h"

namespace weir::operate {

struct TestOutcome {
  std::string name;
  workspace::Place place;
  std::string failure;  // readable, of several lines; empty: it passed
};

// Those whose name is `name`, or all where it is empty. Nothing of the workspace's own data is read
// or written; the clock stands still. An error: a test could not be run at all.
Result<std::vector<TestOutcome>> run_workspace_tests(const workspace::Workspace& workspace,
                                                     const std::string& name);

}  // namespace weir::operate
