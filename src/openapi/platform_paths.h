// The platform's own addresses: SQL, status, samples, replays, administration, health.
#pragma once

#include <string>
#include <vector>

#include "openapi/paths.h"

namespace weir::openapi {

// The list of all resources of a kind.
void add_catalogue(Paths& paths, const std::string& kind);
// For whoever may read something.
void add_looks(Paths& paths);
// A sample of what flows through these.
void add_tap(Paths& paths, const std::vector<std::string>& names);
void add_replay(Paths& paths);
void add_administration(Paths& paths);
// For anyone, and the document itself.
void add_open(Paths& paths);

}  // namespace weir::openapi
