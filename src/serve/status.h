// What the platform says of itself: every row accounted for, from the socket to the table.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/position.h"
#include "telemetry/metrics.h"

namespace weir::serve {

// Rows since the workspace of now is served. rows_in = accepted + quarantined; late ones are
// accepted.
struct SourceStatus {
  std::string name;
  std::uint64_t rows_in = 0, accepted = 0, quarantined = 0, late = 0;
  std::int64_t watermark = 0;  // microseconds since 1970; the smallest number: no event yet
};

struct StreamStatus {
  std::string name;
  std::vector<std::string> reads;
  std::uint64_t rows_in = 0, rows_out = 0, late = 0, quarantined = 0;
  std::int64_t watermark = 0;
  Position processed_through = 0;
  std::string failure;  // why it stopped; empty while it runs
  std::string trouble;  // what it waits for to end, a full disk; empty: nothing
};

struct TableStatus {
  std::string name;
  std::uint64_t rows_applied = 0;
  // What its indexes cost on top, since the workspace of now is served; rows 0: it has none.
  std::uint64_t index_rows = 0, index_bytes = 0;
  double index_seconds = 0;
};

struct PlatformStatus {
  std::string workspace;
  Position journal_end = 0;
  Position tables_applied = 0;
  std::int64_t now = 0;                  // microseconds since 1970
  std::uint64_t memory_bytes = 0;        // of the program, as the system counts it
  std::uint64_t memory_limit_bytes = 0;  // that it may have; 0: not known
  std::int64_t serving_since = 0;        // the same, when the workspace of now was taken up
  std::string reload_refused;  // why its changed files were not; empty: they are as served
  std::string not_ready;       // why no event can be made durable; empty while they are
  std::string tables_failure;  // why nothing is applied to the tables; empty while it is
  std::vector<SourceStatus> sources;
  std::vector<StreamStatus> streams;
  std::vector<TableStatus> tables;
};

// Whether the caller may read the rows of that name.
using MayRead = std::function<bool(std::string_view name)>;

// What a caller may know: a source or table that he may read, and a stream all of whose inputs
// he may read, for its failure may tell of them.
PlatformStatus visible_part(PlatformStatus status, const MayRead& may_read);

// What is wrong with the platform as a whole is told, why it is so is not: it names files, and
// whatever else they hold.
PlatformStatus without_reasons(PlatformStatus status);

std::string status_json(const PlatformStatus& status);
std::vector<telemetry::Metric> status_metrics(const PlatformStatus& status);

}  // namespace weir::serve
