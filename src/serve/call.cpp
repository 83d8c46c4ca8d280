#include "serve/call.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/duration.h"
#include "core/suggestion.h"
#include "net/envelope.h"

namespace weir::serve {
namespace {

constexpr std::chrono::milliseconds wait_default{10'000};

std::optional<std::string_view> option(const net::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::variant<RowsText, net::Response> read_tables(const Call& call, const RowsRead& read,
                                                  const bounds::QueryWatch::Guard& guard) {
  const auto rows = call.connection.query(std::string(read.sql), read.parameters);
  if (!rows.ok()) return refuse_failed(rows.error(), guard, call.watch);
  Result<RowsText> text = rows_text(*rows.value(), read.form, read.rows_max);
  if (!text.ok()) return refuse_failed(text.error(), guard, call.watch);
  if (text.value().too_large) {
    return net::refusal(400, "RESULT_TOO_LARGE",
                        fmt::format("the answer has more than {} MB: ask for fewer rows or columns",
                                    answer_bytes_max >> 20));
  }
  return std::move(text).value();
}

// Looking into the indexes is a part of the query's time.
std::variant<RowsText, net::Response> read_watched(const Call& call, const RowsRead& read) {
  const auto guard = watched(call, call.connection);
  if (guard == nullptr) return refuse_while_reloading();
  if (read.conditions == nullptr) return read_tables(call, read, *guard);
  const auto by_index = call.views.put(*read.conditions, read.parameters);
  // Values that cannot be read are the query's to refuse.
  const bool is_put = by_index.ok() || by_index.error().fault == Fault::invalid;
  if (!is_put || guard->is_over()) {
    return refuse_failed(by_index.ok() ? Error{} : by_index.error(), *guard, call.watch);
  }
  return read_tables(call, read, *guard);
}

net::Response refuse_overtime(const bounds::QueryWatch& watch) {
  return net::refusal_for_now(
      504, "QUERY_TIMEOUT",
      fmt::format("the query took longer than {}: read fewer rows, or let a stream keep the "
                  "result in a table",
                  to_string(watch.query_time_max())),
      1);
}

std::string_view scope_name(const Call& call, std::string_view name) {
  const Readable* readable = call.readables.find(name);
  return readable == nullptr ? govern::owner_of(name) : readable->scope_name();
}

std::unique_ptr<net::Response> respond(net::Response response) {
  return std::make_unique<net::Response>(std::move(response));
}

}  // namespace

bool asks_to_wait(const net::Request& request) { return option(request, "wait").has_value(); }

std::unique_ptr<net::Response> wait_as_asked(const Call& call,
                                             const std::vector<std::string>& relations) {
  const auto wait = option(call.request, "wait");
  if (!wait && option(call.request, "timeout")) {
    return respond(net::refusal(400, "INVALID_TIMEOUT",
                                "timeout says how long to wait: give wait=POSITION with it"));
  }
  if (!wait) return nullptr;
  Position position = 0;
  const char* end = wait->data() + wait->size();
  if (const auto read = std::from_chars(wait->data(), end, position);
      read.ec != std::errc() || read.ptr != end) {
    return respond(net::refusal(400, "INVALID_WAIT",
                                fmt::format("wait is the position an ingest answered with, a "
                                            "whole number, not \"{}\"",
                                            *wait)));
  }
  std::chrono::microseconds patience = wait_default;
  if (const auto timeout = option(call.request, "timeout")) {
    const Result<std::chrono::microseconds> read = parse_duration(*timeout);
    if (!read.ok() || read.value() > wait_max) {
      return respond(net::refusal(400, "INVALID_TIMEOUT",
                                  "timeout is a duration up to 60s, such as 500ms or 10s"));
    }
    patience = read.value();
  }
  const auto deadline = call.came + patience;
  const Result<void> fresh = call.freshness.wait(relations, position, deadline);
  if (fresh.ok()) return nullptr;
  if (fresh.error().fault == Fault::invalid) {
    return respond(net::refusal(409, "BEYOND_JOURNAL", fresh.error().message));
  }
  // Before its time is over a wait ends because it has become hopeless: that is no 504.
  const bool is_over = std::chrono::steady_clock::now() >= deadline;
  if (is_over && fresh.error().fault == Fault::unavailable) {
    return respond(net::refusal_for_now(504, "NOT_YET", fresh.error().message, 1));
  }
  return respond(net::refusal(fresh.error()));
}

bool may_read(const Call& call, std::string_view name) {
  return govern::allows(call.token.scopes, govern::Action::read, scope_name(call, name));
}

std::unique_ptr<net::Response> refuse_reading(const Call& call, std::string_view name) {
  if (may_read(call, name)) return nullptr;
  std::vector<std::string> known;
  for (const Readable& readable : call.readables.all) {
    if (may_read(call, readable.name)) known.push_back(readable.name);
  }
  return respond(net::refusal(
      403, "SCOPE_MISSING",
      fmt::format("this token may not read {}; {}{}", name,
                  govern::words_of_missing(call.token.scopes, name, scope_name(call, name)),
                  did_you_mean(name, known))));
}

std::unique_ptr<bounds::QueryWatch::Guard> watched(const Call& call,
                                                   engine::Connection& connection) {
  return call.watch.start(
      call.time_left, [&connection] { connection.interrupt(); },
      [&call] { call.answer_early(refuse_overtime(call.watch)); });
}

net::Response refuse_while_reloading() {
  return net::refusal_for_now(503, "RELOADING",
                              "a changed workspace is being taken up: try again in a second", 1);
}

net::Response refuse_failed(const Error& error, const bounds::QueryWatch::Guard& guard,
                            const bounds::QueryWatch& watch) {
  if (guard.is_over()) return refuse_overtime(watch);
  if (guard.took_too_much()) {
    return net::refusal(
        400, "QUERY_TOO_LARGE",
        fmt::format("the query needs more memory than it may have, {} MB for the rows it sorts, "
                    "groups or joins, {} MB in all: read fewer rows, columns or groups, make "
                    "shorter texts and lists, or let a stream keep the result in a table",
                    engine::memory_bytes_default >> 20, watch.query_bytes_max() >> 20));
  }
  if (guard.found_memory_short()) {
    return net::refusal_for_now(
        503, "UNAVAILABLE",
        fmt::format("the queries that run now need more than the {} MB they share: try again",
                    engine::memory_bytes_default >> 20),
        1);
  }
  if (error.fault == Fault::invalid) return net::refusal(400, "QUERY_FAILED", error.message);
  return net::refusal(error);
}

net::Response refuse_more_rows() {
  return net::refusal(
      400, "RESULT_TOO_LARGE",
      fmt::format("the answer has more than {} rows: add a LIMIT or a condition", answer_rows_max));
}

std::variant<RowsText, net::Response> read_rows(const Call& call, const RowsRead& read) {
  // A view that stayed behind would hide its table's rows.
  const Result<void> cleared = call.views.take_away();
  if (!cleared.ok()) return net::refusal(cleared.error());
  auto answered = read_watched(call, read);
  // No longer watched: an interrupt must not leave a view behind.
  const Result<void> taken = call.views.take_away();
  if (!taken.ok()) return net::refusal(taken.error());
  return answered;
}

}  // namespace weir::serve
