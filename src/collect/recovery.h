// Brings what a snapshot knew up to what the journal says.
#pragma once

#include <string>
#include <vector>

#include "collect/snapshot.h"
#include "collect/source_round.h"
#include "core/result.h"
#include "journal/journal.h"

namespace weir::collect {

// `known` is a snapshot, or empty. Sets the intakes' watermarks; returns what is known up to the
// journal's end. Fault::conflict: the snapshot is not of this journal, or a source's
// rows are stored as a type that its columns now do not hold.
Result<Snapshot> recover(const journal::Journal& journal, Snapshot known,
                         std::vector<SourceIntake>& sources);

}  // namespace weir::collect
