// The one durable log: entries are appended in groups, each group by one fdatasync.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "journal/entry.h"
#include "telemetry/histogram.h"

namespace weir::journal {

struct JournalSettings {
  std::size_t segment_bytes = std::size_t{64} << 20;
  std::size_t waiting_bytes_max = std::size_t{256} << 20;  // appended and not yet durable
  std::size_t tail_cache_bytes = std::size_t{48} << 20;    // newest entries kept in memory
  telemetry::Histogram* sync_seconds = nullptr;  // told how long the disk took for each group
  // Called once the folder is no other process's; what a crash left in it is looked at after that.
  std::function<Result<void>()> locked;
};

// Told once, on the commit thread, after the fdatasync: the end of its entries, or why there is
// none.
using Durable = std::function<void(Result<Position>)>;

// Reads the entries of some topics and kinds in order. Owned by one thread; goes before its
// journal. Fault::corrupt names the file and byte that is damaged: it cannot be read past.
class Reader {
 public:
  virtual ~Reader() = default;
  // The next entry at or after the reader's place; nothing when all that is durable was read.
  virtual Result<std::optional<Placed>> next() = 0;
  // Everything before this place was read or did not match.
  virtual Position place() const = 0;
};

// What a reader wants. Empty topics or kinds: all.
struct Filter {
  std::vector<std::string> topics;
  std::vector<Kind> kinds;

  bool wants_topic(std::string_view topic) const;
  bool wants(std::string_view topic, Kind kind) const;
};

// Any thread may call; one thread commits. After a failed write or fdatasync it accepts nothing
// (Fault::unavailable) until it is opened anew.
class Journal {
 public:
  // Makes the folders `folder`/journal and `folder`/history, or recovers them: cuts a torn tail,
  // refuses damage with its place. One process at a time (flock).
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const JournalSettings& settings, const Clock& clock);
  virtual ~Journal() = default;  // commits what waits

  // Entries of one call stand together in one group: all or none survive a crash. `accepted` is
  // set by the journal, unless the caller did, who then never goes back in that topic; topics are
  // [a-z][a-z0-9_]*. `done` may be empty; it must not wait for the journal. Fault::unavailable when
  // too much waits, the disk is full or the journal failed; Fault::invalid for what it can never
  // take. Then nothing was taken and `done` is not called.
  virtual Result<void> append(std::vector<Entry> entries, Durable done) = 0;
  // The same, waiting. The end of its entries.
  virtual Result<Position> append_and_wait(std::vector<Entry> entries) = 0;

  // Everything before it is durable and can be read.
  virtual Position end() const = 0;
  // Waits until end() > `position` or stopped; returns end().
  virtual Position wait_beyond(Position position, std::stop_token stop) const = 0;
  // From `from`, in history or journal. What retention took is silently not there; ask
  // retained_from().
  virtual std::unique_ptr<Reader> read(Filter filter, Position from) const = 0;
  // Fault::unavailable with the reason while it accepts no events: after a failure, for good; on a
  // full disk, until there is room again (commits are still taken, as far as the reserve goes).
  virtual Result<void> health() const = 0;
  virtual Instant accepted() const = 0;       // the latest there is; no later clock stamps earlier
  virtual std::uint64_t epoch() const = 0;    // grows by one at each open
  virtual const std::string& id() const = 0;  // made once with the journal

  // Segments wholly before `position` are needed by nobody: copied into the history of their
  // topics, every kind of entry, then freed. The newest segment stays while it is written.
  virtual Result<void> release(Position position) = 0;
  // Drops the topic's history accepted before `before`, and beyond `bytes_max`, oldest first.
  virtual Result<void> retain(const std::string& topic, Instant before, std::size_t bytes_max) = 0;
  // Of the topic's entries before it some were taken by retention; 0: none were.
  virtual Position retained_from(const std::string& topic) const = 0;

  // From now on the topic's entries before `before`, of every kind, count for nothing: no reader
  // opened after it sees them. Never fewer than were dropped before. Durable when it returns.
  virtual Result<void> drop(const std::string& topic, Position before) = 0;
  // The topic's entries before it were dropped; 0: none were.
  virtual Position dropped_before(const std::string& topic) const = 0;
};

}  // namespace weir::journal
