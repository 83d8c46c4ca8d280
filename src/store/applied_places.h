// How far each stream's results are in each of its tables, kept in the tables' own file.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/position.h"
#include "core/result.h"
#include "engine/database.h"
#include "store/table_spec.h"

namespace weir::store {

// Of one stream in one table.
struct AppliedPlace {
  std::string journal;           // its id
  Position position = 0;         // every commit before it is in the table
  std::uint64_t generation = 0;  // of the last one; 0: there was none yet
  std::uint64_t sequence = 0;
};

using AppliedPlaces = std::map<Target, AppliedPlace>;

// Where they are kept, unless it is there.
Result<void> make_applied_places(engine::Connection& connection);
// Of all targets there ever were, also of those not declared now.
Result<AppliedPlaces> read_applied_places(engine::Connection& connection);
// Fault::conflict: the table, which the target is new to, holds results of a stream that is no
// longer among `now`. A stream under a new name would add all that it gave under its former one.
Result<void> check_no_former_writer(const AppliedPlaces& stored, const AppliedPlaces& now,
                                    const Target& target);
// Replaces those of these targets and no other, in the transaction under way.
Result<void> write_applied_places(engine::Connection& connection, const AppliedPlaces& places);

}  // namespace weir::store
