// One request on its way through the gateway, with who asks and what it may use.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bounds/query_watch.h"
#include "core/result.h"
#include "engine/database.h"
#include "govern/tokens.h"
#include "index/ordered_indexes.h"
#include "net/http.h"
#include "scalars/time_zone.h"
#include "serve/index_views.h"
#include "serve/readable.h"
#include "serve/rows_answer.h"

namespace weir::serve {

struct Call {
  const net::Request& request;
  std::chrono::steady_clock::time_point came;
  const govern::Token& token;
  const Readables& readables;
  engine::Connection& connection;  // of the worker that answers
  Freshness& freshness;
  bounds::QueryWatch& watch;
  bounds::TimeLeft& time_left;                      // of all that is watched for it
  const TimeZone& zone;                             // of times without an offset
  const index::OrderedIndexes* indexes;             // null: no table has one
  IndexViews& views;                                // of the worker's connection
  std::function<void(net::Response)> answer_early;  // while the query still works
};

// The longest that a request may wait for a position.
constexpr std::chrono::milliseconds wait_max{60'000};
bool asks_to_wait(const net::Request& request);

// Honours `?wait=POSITION&timeout=10s` for a read of these relations; at once without it. The
// time counts from when the request came: it may have stood in line.
// Nothing: go on. Else the answer: 400 for a wait that is none, 409 beyond the journal's end, 504
// when it took too long, 503 when the server stops.
std::unique_ptr<net::Response> wait_as_asked(const Call& call,
                                             const std::vector<std::string>& relations);

// Whether the token may read the readable or API; of a name that stands for neither, whether it
// might, so that who may not is told the same of both.
bool may_read(const Call& call, std::string_view name);
// 403 when the token may not read that; nothing when it may.
std::unique_ptr<net::Response> refuse_reading(const Call& call, std::string_view name);

// A read without a page of its own has at most that many rows.
constexpr std::size_t answer_rows_max = 100'000;

struct RowsRead {
  std::string_view sql;
  const std::vector<engine::Parameter>& parameters;
  RowForm form = RowForm::json;
  std::size_t rows_max = answer_rows_max;
  const std::vector<sql::TableConditions>* conditions = nullptr;  // by which indexes may serve it
};

// The rows, or the refusal: 504 when the query took too long, 400 when it fails on a row or the
// answer would be too large or the query needs too much memory, 503 when other queries have it.
std::variant<RowsText, net::Response> read_rows(const Call& call, const RowsRead& read);

// Watches what the call does on the connection, and answers it where that does not end in time.
// Null: it must not begin, see refuse_while_reloading().
std::unique_ptr<bounds::QueryWatch::Guard> watched(const Call& call,
                                                   engine::Connection& connection);
net::Response refuse_while_reloading();
// The refusal of a query that failed, whose time may have been over.
net::Response refuse_failed(const Error& error, const bounds::QueryWatch::Guard& guard,
                            const bounds::QueryWatch& watch);
// The refusal of more rows than one answer holds.
net::Response refuse_more_rows();

}  // namespace weir::serve
