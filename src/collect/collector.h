// Takes events over HTTP: checks, decodes once, makes durable, and only then acknowledges.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "core/position.h"
#include "core/result.h"
#include "formats/event_decoder.h"
#include "govern/tokens.h"
#include "journal/journal.h"
#include "net/http_server.h"
#include "workspace/declarations.h"

namespace weir::collect {

struct CollectorParts {
  journal::Journal& journal;
  const govern::Tokens& tokens;
  const Clock& clock;
  std::filesystem::path folder;  // of its own snapshots
};

// Since the collector started, anew with each reload. rows_in = accepted + quarantined; the late
// ones are accepted.
struct SourceCounts {
  std::string source;
  std::uint64_t rows_in = 0, accepted = 0, quarantined = 0, late = 0;
  std::int64_t watermark = 0;
};

struct Ingested {
  std::size_t accepted = 0, late = 0, quarantined = 0;
  Position position = 0;
};

// One thread of its own decodes and appends; all that waits becomes one group. Any thread may call.
class Collector {
 public:
  // Goes on from its snapshot and the entries after it: watermarks and idempotency keys.
  static Result<std::unique_ptr<Collector>> start(std::vector<workspace::Source> sources,
                                                  CollectorParts parts);
  virtual ~Collector() = default;  // answers what waits, then stops

  // Whether the path is an address of events: /ingest/..., /beacon..., a source's own path.
  virtual bool takes(std::string_view path) const = 0;
  // For HttpServerParts: refusals that need no body, CORS preflights and /beacon.js among them.
  virtual std::unique_ptr<net::Response> check_head(const net::Request& request) const = 0;
  virtual void handle(net::Request request, net::Reply reply) = 0;

  // The same without HTTP, waiting until it is durable.
  virtual Result<Ingested> ingest(const std::string& source, std::string body,
                                  formats::BodyForm form) = 0;
  // Rows that were set aside before. `replays`, of journal::replay_schema(), says which they are
  // and becomes durable with the events.
  virtual Result<Ingested> ingest_again(const std::string& source, std::string body,
                                        std::shared_ptr<const Batch> replays) = 0;
  // `at`, or the end: every window open so far.
  virtual Result<Position> move_watermark(const std::string& source, std::optional<Instant> at) = 0;

  virtual std::vector<SourceCounts> counts() const = 0;
  // Writes a snapshot. Entries before the position it returns are not needed any more: that of the
  // snapshot before, so that a damaged one costs nothing.
  virtual Result<Position> checkpoint() = 0;
};

}  // namespace weir::collect
