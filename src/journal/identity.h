// Who a journal is: its id, made once, and what was known when it was last opened or closed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"

namespace weir::journal {

using TopicMarks = std::map<std::string, Position, std::less<>>;
// 0: there is none.
Position mark_of(const TopicMarks& marks, std::string_view topic);
bool is_dropped(const TopicMarks& dropped, std::string_view topic, Position position);

struct Identity {
  std::string id;           // 32 hexadecimal digits
  std::uint64_t epoch = 0;  // of the last opening
  Position durable = 0;     // everything before it had been on disk and right
  Position released = 0;    // the segments begin here: what was before it is in history
  Instant accepted;         // the latest there was
  TopicMarks dropped;       // a topic's entries before it count for nothing
  TopicMarks retained;      // some of a topic's entries before it were taken by retention
  TopicMarks copied;        // a topic's newest file in history ended here

  // The topic's files in history that end at or before it are not counted on: they were dropped, or
  // taken by retention.
  Position given_up(std::string_view topic) const;
  // Of all checksums.
  std::uint64_t seed() const;
};

Identity new_identity();
// Nothing: there is none yet. Fault::conflict: a newer Weir wrote it.
Result<std::optional<Identity>> read_identity(const std::filesystem::path& folder);
Result<void> write_identity(const std::filesystem::path& folder, const Identity& identity);

}  // namespace weir::journal
