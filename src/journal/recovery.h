// Tells after a crash what of the journal is whole, what was never finished, and what is damaged.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "journal/block.h"
#include "journal/identity.h"
#include "journal/segments.h"

namespace weir::journal {

struct Recovered {
  std::vector<Segment> segments;  // the last one ends where its last whole group does
  Position end = 0;
  Instant accepted;  // the latest of the entries
};

// Reads and changes nothing. Released segments are left out. A group that is not whole is the torn
// tail if nothing shows that it was durable; else Fault::corrupt with file and byte. Segments that
// were whole when the journal was last opened are not read again: whoever reads them compares their
// sums.
Result<Recovered> recover(const std::filesystem::path& folder, const Identity& identity);

// It is in history, and a crash kept it from being freed.
bool is_released(const Segment& segment, const Identity& identity);
// Fault::corrupt: from `from` to `to` there is no segment in the folder.
Error missing_segment(const std::filesystem::path& folder, Position from, Position to);

// The first group beyond the page at `position`, wherever one may begin.
Result<std::optional<GroupHeader>> find_group(const Segment& segment, std::uint64_t seed,
                                              Position position);

}  // namespace weir::journal
