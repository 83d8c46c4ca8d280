// The addresses that take a source's events.
#pragma once

#include "openapi/paths.h"
#include "workspace/declarations.h"

namespace weir::openapi {

// Its ingest and beacon addresses, its own path where it has one, and its watermark.
void add_source(Paths& paths, const workspace::Source& source);

}  // namespace weir::openapi
