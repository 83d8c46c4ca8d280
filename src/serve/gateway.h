// Answers every read: the data route, published APIs, SQL, status, health and metrics.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "engine/database.h"
#include "flow/replay_route.h"
#include "flow/tap.h"
#include "govern/tokens.h"
#include "index/ordered_indexes.h"
#include "net/http_server.h"
#include "scalars/time_zone.h"
#include "serve/readable.h"
#include "serve/status.h"
#include "sql/plan.h"
#include "workspace/declarations.h"

namespace weir::serve {

// A published API with what it reads.
struct PublishedApi {
  workspace::Api declared;
  std::vector<std::string> reads;
};

struct GatewayParts {
  // Tables, static tables, sources by name; `late(...)` and `quarantine(...)` too: see
  // sql::publish_batch_names.
  std::shared_ptr<engine::Database> database;
  Readables readables;
  std::vector<sql::Readable> names;                      // the same, for checking SQL
  std::shared_ptr<const index::OrderedIndexes> indexes;  // null: no table has one
  std::vector<PublishedApi> apis;
  std::string workspace;                      // its name
  std::vector<workspace::Source> sources;     // for the description of the routes
  std::vector<flow::Flow> flows;              // what can be tapped
  const journal::Journal* journal = nullptr;  // what is tapped; null without flows
  govern::Tokens& tokens;
  const Clock& clock;
  Freshness& freshness;
  TimeZone time_zone;  // of times in URLs without an offset
  // Whether events can be made durable, for /readyz: asked on the server's thread, must not block.
  std::function<bool()> is_ready;
  std::function<PlatformStatus()> status;
  // What /metrics tells beside status. May be empty.
  std::function<std::vector<telemetry::Metric>()> metrics = nullptr;
  // What GET /weir/v1/{kind} lists, of sources, streams, tables or apis: a JSON array of what the
  // caller may see.
  std::function<std::string(const std::string& kind, const MayRead& may_read)> catalogue;
  // GET /weir/v1/validate, for administrators: what a reload of the files of now would refuse.
  std::function<Result<std::string>()> validation;
  flow::Replay replay;  // POST /weir/v1/quarantine/{source}/replay
  // /weir/v1/drop, for administrators: the answer's data.
  std::function<Result<std::string>(const net::Request& request)> drop;
  int workers = 2;                  // half of them for SQL, at least one
  std::size_t waiting_max = 1'000;  // requests that wait for a worker, SQL apart; 503 beyond
  // 504 beyond; 503 for what stood in line longer.
  std::chrono::milliseconds query_time_max{10'000};
  // Begins to stop the program, and returns at once; POST /weir/v1/stop is answered first.
  std::function<void()> stop;
};

// Workers of its own, each with a connection to the database. SQL and reads that wait for a
// position have workers apart, so that they hold up no others. Any thread may call.
class Gateway {
 public:
  // Fault::invalid where an API's SQL is wrong.
  static Result<std::unique_ptr<Gateway>> start(GatewayParts parts);
  // Answers what stands in line, those that wait for a position with 503, then stops.
  virtual ~Gateway() = default;
  // For HttpServerParts: refusals that need no body: 400, 401, 403, 404, 405, 413.
  virtual std::unique_ptr<net::Response> check_head(const net::Request& request) const = 0;
  virtual void handle(net::Request request, net::Reply reply) = 0;
  // Waits for the queries that run now, no longer than they may take. False: one goes on beyond
  // its time, and whoever ends the gateway would wait for it.
  virtual bool await_queries() const = 0;
  // Requests that no worker has begun with, which whoever calls has to answer now.
  virtual std::vector<net::Asked> give_back() = 0;
  // Lets no query begin any more, so that the gateway can be ended at once: one that would is
  // answered with 503. False: a query goes on beyond its time, and they begin as before.
  virtual bool close_queries() = 0;
  virtual void reopen_queries() = 0;
};

}  // namespace weir::serve
