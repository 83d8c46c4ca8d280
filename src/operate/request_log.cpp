#include "operate/request_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/rest.h"
#include "core/visible_text.h"
#include "telemetry/log.h"

namespace weir::operate {
namespace {

using telemetry::LogCode;

constexpr std::chrono::seconds slow_from{1};
constexpr std::chrono::milliseconds write_every{200};
constexpr std::size_t path_bytes_max = 200;
// Codes are ours, so there are few; should there be more, they are one kind.
constexpr std::size_t kinds_max = 200;

// Only the words of a failure are told: those of a refusal may hold what the client sent.
std::string message_of(const net::Response& response, bool is_slow) {
  if (is_slow) return "a request took long";
  return response.status == 500 ? response.message : "a request was refused";
}

}  // namespace

RequestLog::RequestLog(std::chrono::milliseconds period)
    : period_(period), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RequestLog::note(const net::Answered& answered) {
  const std::string_view path = answered.path;
  if (path.starts_with("/ingest/") || path.starts_with("/beacon/")) {
    ingest_.count(answered.took);
  } else if (path.starts_with("/api/")) {
    read_.count(answered.took);
  } else if (path == "/weir/v1/sql") {
    sql_.count(answered.took);
  } else {
    other_.count(answered.took);
  }
  if (path == "/readyz") return;  // that it is not ready yet is an answer, and no request refused
  if (answered.response.status >= 400) {
    note({.status = answered.response.status, .error = answered.response.error}, answered);
  } else if (answered.took >= slow_from && !path.starts_with("/weir/v1/tap/")) {
    // A tap waits for rows as long as it is told.
    note({.is_slow = true, .status = answered.response.status}, answered);
  }
}

void RequestLog::note(Kind kind, const net::Answered& answered) {
  const std::lock_guard lock(mutex_);
  if (noted_.size() >= kinds_max && !noted_.contains(kind)) kind.error.clear();
  const bool is_slow = kind.is_slow;
  Noted& noted = noted_[std::move(kind)];
  if (noted.told == lines_max) {
    ++noted.beyond;
    return;
  }
  ++noted.told;
  noted.lines.push_back(
      {message_of(answered.response, is_slow), std::string(answered.method),
       std::string(front_of(answered.path, path_bytes_max)), std::string(answered.peer),
       std::chrono::duration_cast<std::chrono::milliseconds>(answered.took).count()});
}

telemetry::Metric RequestLog::seconds() const {
  return {"weir_http_request_seconds",
          "From a request's whole head to the start of its answer.",
          telemetry::MetricKind::histogram,
          {ingest_.sample({{"route", "ingest"}}), read_.sample({{"route", "read"}}),
           sql_.sample({{"route", "sql"}}), other_.sample({{"route", "other"}})}};
}

void RequestLog::run(const std::stop_token& stop) {
  auto ends = std::chrono::steady_clock::now() + period_;
  bool is_stopped = false;
  while (!is_stopped) {
    rest(std::min<std::chrono::milliseconds>(write_every, period_), stop);
    is_stopped = stop.stop_requested();
    const bool ends_period = is_stopped || std::chrono::steady_clock::now() >= ends;
    write_lines(ends_period);
    if (ends_period) ends = std::chrono::steady_clock::now() + period_;
  }
}

void RequestLog::write_lines(bool ends_period) {
  std::map<Kind, Noted> taken;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [kind, noted] : noted_) {
      Noted& copy = taken[kind];
      copy.lines = std::exchange(noted.lines, {});
      if (ends_period) copy.beyond = noted.beyond;
    }
    if (ends_period) noted_.clear();
  }
  for (const auto& [kind, noted] : taken) {
    const LogCode code = kind.is_slow         ? LogCode::request_slow
                         : kind.status == 500 ? LogCode::request_failed
                                              : LogCode::request_refused;
    for (const One& one : noted.lines) {
      telemetry::log(code, one.message,
                     {{"status", kind.status},
                      {"error", kind.error},
                      {"method", one.method},
                      {"path", one.path},
                      {"peer", one.peer},
                      {"milliseconds", one.milliseconds}});
    }
    if (noted.beyond == 0) continue;
    telemetry::log(
        code, "and more of the same kind",
        {{"status", kind.status},
         {"error", kind.error},
         {"count", noted.beyond},
         {"seconds", std::chrono::duration_cast<std::chrono::seconds>(period_).count()}});
  }
}

}  // namespace weir::operate
