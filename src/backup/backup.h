// Takes a consistent copy of a data folder while a server runs over it, or none, and brings it
// back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "core/clock.h"
#include "core/result.h"

namespace weir::backup {

// Copies `data` into `backup`, which must be new or empty. A server that runs accepts events
// meanwhile; it applies nothing to the tables while they are copied, and frees nothing of the
// journal before the end. The admin token is in it: senders go on with the keys they had.
// Fault::conflict: `backup` is in use; Fault::unavailable: no room.
Result<Manifest> take_backup(const std::filesystem::path& data, const std::filesystem::path& backup,
                             const Clock& clock);

// Every file of it that is missing, added or changed, in words; empty: it is whole.
Result<std::vector<std::string>> check_backup(const std::filesystem::path& backup);

// Makes `data`, which must not be there, from a whole backup: all of it or nothing.
// Fault::conflict: it is there; Fault::corrupt: the backup is damaged.
Result<Manifest> restore_backup(const std::filesystem::path& backup,
                                const std::filesystem::path& data);

}  // namespace weir::backup
